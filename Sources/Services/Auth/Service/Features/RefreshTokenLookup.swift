internal import TradewindDomain
internal import TradewindPersistence
internal import TradewindSecurity

/// What is known of a refresh token.
enum RefreshTokenState: Equatable {
    case live(LiveSession)
    /// Used before.
    case spent(SessionID)
    case unknown

    /// - Parameters:
    ///   - query: reads in the order of the calls, so that who waited for a lock also sees what he waited for.
    ///   - lock: `FOR UPDATE` lets one of two who come at once through, and shows the other what that one has left.
    static func of(
        _ token: OpaqueToken, lock: SQL = "", _ query: (SQL) async throws(DatabaseError) -> Rows
    ) async throws -> RefreshTokenState {
        let digest = token.digest.hexadecimal
        if let row = try await query("SELECT id, user_id, expires_at FROM sessions WHERE digest = \(digest) \(lock)")
            .first
        {
            return .live(LiveSession(id: try row.decode(0), user: try row.decode(1), expires: try row.decode(2)))
        }
        let spent = try await query("SELECT session_id FROM spent_tokens WHERE digest = \(digest)")
        return try spent.first.map { .spent(try $0.decode(0)) } ?? .unknown
    }
}
