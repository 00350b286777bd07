package import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence
internal import TradewindSecurity

/// Whether somebody is who they say. For our own services: it tells them who it is.
package struct VerifyCredentials: Query, Decodable {
    package typealias Result = UserView

    let email: String, password: String

    package var access: Access { .service }
}

struct VerifyCredentialsHandler: QueryHandler {
    typealias Handled = VerifyCredentials
    let database: any Database
    let passwords: PasswordHasher

    /// An unknown email takes as long as a wrong password.
    func callAsFunction(_ query: VerifyCredentials, for request: RequestContext) async throws -> UserView {
        let email = try? Email(query.email)
        let rows = try await database.query(
            """
            SELECT \(UserView.columns), password_hash FROM users
            WHERE email_key = \(email?.key ?? "") AND deleted_at IS NULL
            """)
        let hash = try rows.first.flatMap { PasswordHash(try $0.decode(7)) }
        guard try await passwords.check(query.password, against: hash) != .wrong, let row = rows.first else {
            throw Refusal.unauthenticated
        }
        return try UserView(row)
    }
}
