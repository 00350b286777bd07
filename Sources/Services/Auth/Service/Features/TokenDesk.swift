internal import TradewindCQRS
package import TradewindDomain
internal import TradewindPersistence
internal import TradewindRepositories
package import TradewindSecurity
internal import UsersContracts

/// Gives out tokens.
package struct TokenDesk: Sendable {
    let access: AccessTokens
    private let refreshLifetime: Duration
    private let chance: Chance
    private let clockwork: Clockwork

    package init(_ access: AccessTokens, refreshLifetime: Duration, chance: Chance, clockwork: Clockwork) {
        (self.access, self.refreshLifetime) = (access, refreshLifetime)
        (self.chance, self.clockwork) = (chance, clockwork)
    }

    /// A session begins.
    func open(for account: Account, in work: Work) throws -> SessionView {
        let (token, now) = (OpaqueToken(chance), clockwork.now())
        let id: SessionID = clockwork.newID()
        work.write(
            """
            INSERT INTO sessions (id, user_id, digest, opened_at, expires_at)
            VALUES (\(id), \(account.id), \(token.digest.hexadecimal), \(now), \(now + refreshLifetime))
            """)
        return try view(account, token, at: now)
    }

    /// The next token of a session takes the place of `spent`, which is remembered for as long as it would have
    /// counted.
    func renew(_ session: LiveSession, _ spent: OpaqueToken, for account: Account, in work: Work) throws -> SessionView
    {
        let (token, now) = (OpaqueToken(chance), clockwork.now())
        work.write(
            """
            INSERT INTO spent_tokens (digest, session_id, expires_at)
            VALUES (\(spent.digest.hexadecimal), \(session.id), \(session.expires))
            """)
        work.write(
            """
            UPDATE sessions SET digest = \(token.digest.hexadecimal), expires_at = \(now + refreshLifetime)
            WHERE id = \(session.id)
            """)
        return try view(account, token, at: now)
    }

    private func view(_ account: Account, _ refresh: OpaqueToken, at now: Timestamp) throws -> SessionView {
        let (token, claims) = try access.issue(
            to: account.id.raw, as: account.role, id: clockwork.newUUID(), at: now)
        return SessionView(
            user: account, accessToken: token, refreshToken: refresh.text, tokenType: "Bearer",
            expiresIn: Int((claims.expires - claims.issued).components.seconds))
    }
}
