internal import NotebookContracts
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindPersistence
internal import UsersContracts

package struct ListNotes: Query, Decodable {
    package typealias Result = Page<NoteView>

    let userId: UserID?, limit: Int?, after: NoteID?

    /// What everybody has is for those who look after all.
    package var access: Access { userId.map { .only($0) } ?? .role(.moderator) }

    package struct Valid: Sendable { let user: UserID?, limit: PageSize, after: NoteID? }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let size = check("limit", try PageSize(limit))
        return Valid(user: userId, limit: try check.all(size), after: after)
    }
}

struct ListNotesHandler: QueryHandler {
    typealias Handled = ListNotes
    let database: any Database

    func callAsFunction(_ query: ListNotes.Valid, for request: RequestContext) async throws -> Page<NoteView> {
        // Each condition only when it is asked for, so that each form of the query has a plan of its own.
        let user: SQL = query.user.map { "AND user_id = \($0)" } ?? ""
        let after: SQL = query.after.map { "AND id < \($0)" } ?? ""
        let rows = try await database.query(
            """
            SELECT \(NoteView.columns) FROM notes WHERE deleted_at IS NULL \(user) \(after)
            ORDER BY id DESC LIMIT \(query.limit.count + 1)
            """)
        return Page(try rows.decode(NoteView.self), limit: query.limit.count) { $0.id.description }
    }
}

extension ListNotes: Described {
    package static var schema: Schema { Schema(of: Self.self).with("limit", .pageSize) }
}
