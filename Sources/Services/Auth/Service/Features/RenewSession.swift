package import TradewindAPI
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindJSON
internal import TradewindPersistence
internal import TradewindRepositories
internal import TradewindSecurity

/// A refresh token for a new pair. It works once.
package struct RenewSession: Command, Decodable {
    package typealias Result = SessionView
    let refreshToken: String

    /// The token says it.
    package var access: Access { .anyone }
}

struct RenewSessionHandler: CommandHandler {
    typealias Handled = RenewSession
    let database: any Database
    let accounts: any Accounts
    let desk: TokenDesk
    let clockwork: Clockwork

    /// Looks twice: before it asks users, which nobody should have to wait for, and then with the session locked.
    func callAsFunction(_ command: RenewSession, in work: Work, for request: RequestContext) async throws -> SessionView
    {
        guard let token = OpaqueToken(command.refreshToken) else { throw Refusal.unauthenticated }
        let session = try live(try await .of(token) { sql throws(DatabaseError) in try await database.query(sql) })
        // The role may have changed, the user may be gone.
        guard let account = try await accounts.account(of: session.user, for: request) else {
            throw Refusal.unauthenticated
        }
        let locked = try live(
            try await .of(token, lock: "FOR UPDATE") { sql throws(DatabaseError) in try await work.query(sql) })
        return try desk.renew(locked, token, for: account, in: work)
    }

    private func live(_ state: RefreshTokenState) throws -> LiveSession {
        switch state {
        case .live(let session) where session.expires > clockwork.now(): return session
        case .spent(let session): throw TokenReused(session: session)
        case .live, .unknown: throw Refusal.unauthenticated
        }
    }
}

extension RenewSession: Described {
    package static var schema: Schema { Schema(of: Self.self).with("refreshToken", .refreshToken) }
}

extension Schema {
    static let refreshToken = Schema.text().example("mB1wMOEbEbFUX9sWZ4bJvUSOtWyXVJbW4iBh4xYPCqc")
}
