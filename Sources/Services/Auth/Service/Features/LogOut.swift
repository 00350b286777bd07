package import TradewindAPI
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindJSON
internal import TradewindPersistence
internal import TradewindRepositories
internal import TradewindSecurity
internal import UsersContracts

/// The session of a refresh token ends, also with one that was used before. Who has none is logged out already.
package struct LogOut: Command, Decodable {
    let refreshToken: String

    /// The token says it.
    package var access: Access { .anyone }
}

struct LogOutHandler: CommandHandler {
    typealias Handled = LogOut

    func callAsFunction(_ command: LogOut, in work: Work, for request: RequestContext) async throws {
        guard let token = OpaqueToken(command.refreshToken) else { return }
        switch try await RefreshTokenState.of(
            token, lock: "FOR UPDATE", { sql throws(DatabaseError) in try await work.query(sql) })
        {
        case .live(let session): work.end(session.id)
        case .spent(let session): work.end(session)
        case .unknown: break
        }
    }
}

/// All sessions of a user end. Access tokens run out by themselves.
package struct LogOutEverywhere: Command {
    let user: UserID

    package var access: Access { .only(user) }
    package var logFields: [LogField] { [LogField(.userID, user)] }
}

struct LogOutEverywhereHandler: CommandHandler {
    typealias Handled = LogOutEverywhere

    func callAsFunction(_ command: LogOutEverywhere, in work: Work, for request: RequestContext) async throws {
        work.endSessions(of: command.user)
    }
}

/// One of its tokens came twice.
struct RevokeSession: Command {
    let session: SessionID

    /// The service's own.
    var access: Access { .anyone }
    var logFields: [LogField] { [LogField(.sessionID, session)] }
}

struct RevokeSessionHandler: CommandHandler {
    typealias Handled = RevokeSession

    func callAsFunction(_ command: RevokeSession, in work: Work, for request: RequestContext) async throws {
        work.end(command.session)
    }
}

extension Work {
    func end(_ session: SessionID) { write("DELETE FROM sessions WHERE id = \(session)") }
    func endSessions(of user: UserID) { write("DELETE FROM sessions WHERE user_id = \(user)") }
}

extension LogOut: Described {
    package static var schema: Schema { Schema(of: Self.self).with("refreshToken", .refreshToken) }
}

extension LogKey {
    static let userID = LogKey("user.id")
    static let sessionID = LogKey("session.id")
}
