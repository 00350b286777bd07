package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindPersistence
internal import UsersContracts

package struct ListUsers: Query, Decodable {
    package typealias Result = Page<UserView>

    let q: String?, role: Role?, limit: Int?, after: UserID?

    package var access: Access { .role(.moderator) }

    package struct Valid: Sendable { let text: String?, role: Role?, limit: PageSize, after: UserID? }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let size = check("limit", try PageSize(limit))
        check.require((q ?? "").utf8.count <= Email.longest, .length, "must have at most 255 bytes", at: "q")
        check.require(!(q ?? "").utf8.contains(0), .format, "must not hold a NUL", at: "q")
        return Valid(text: q, role: role, limit: try check.all(size), after: after)
    }
}

struct ListUsersHandler: QueryHandler {
    typealias Handled = ListUsers
    let database: any Database

    func callAsFunction(_ query: ListUsers.Valid, for request: RequestContext) async throws -> Page<UserView> {
        // What is looked for is looked for as it is written: % and _ mean themselves.
        let text: SQL =
            query.text.map { text in
                let pattern = "%\(text.lowercased().escapedForLike)%"
                return "AND (email_key LIKE \(pattern) ESCAPE '!' OR lower(name) LIKE \(pattern) ESCAPE '!')"
            } ?? ""
        let role: SQL = query.role.map { "AND role = \($0)" } ?? ""
        let after: SQL = query.after.map { "AND id < \($0)" } ?? ""
        let rows = try await database.query(
            """
            SELECT \(UserView.columns) FROM users WHERE deleted_at IS NULL \(text) \(role) \(after)
            ORDER BY id DESC LIMIT \(query.limit.count + 1)
            """)
        return Page(try rows.decode(UserView.self), limit: query.limit.count) { $0.id.description }
    }
}

extension String {
    fileprivate var escapedForLike: String {
        String(flatMap { character -> [Character] in "!%_".contains(character) ? ["!", character] : [character] })
    }
}

extension ListUsers: Described {
    package static var schema: Schema {
        Schema(of: Self.self)
            .with(
                "q",
                .text(0...Email.longest, pattern: #"^[^\u0000]*$"#, expectation: "text without a NUL") {
                    !$0.utf8.contains(0)
                }
                .summary("Part of the email or the name")
            )
            .with("limit", .pageSize)
    }
}
