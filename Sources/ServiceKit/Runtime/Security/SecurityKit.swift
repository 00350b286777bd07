package import TradewindDomain
package import TradewindReactor
package import TradewindSecurity

extension SecurityConfig {
    private static let holder = "internal"

    /// Issues and checks the tokens of the platform.
    package var accessTokens: AccessTokens {
        let secrets = [jwtSecret] + (jwtPreviousSecret.map { [$0] } ?? [])
        return AccessTokens(TokenKeys(secrets.map { TokenKey(secret: $0.revealed) }), lifetime: jwtExpiration)
    }

    package var acceptedKeys: APIKeys { APIKeys(apiKeys.map { (Self.holder, $0.revealed) }) }

    /// What the gateway signs and the services behind it check.
    package var signedIdentity: SignedIdentity { SignedIdentity(secret: jwtSecret.revealed) }

    /// How a service learns who calls.
    package func authentication(clockwork: Clockwork) -> Authentication {
        Authentication(
            tokens: accessTokens, apiKeys: acceptedKeys, identity: signedIdentity, isRequired: authRequired,
            clockwork: clockwork)
    }
}

extension Chance {
    /// The kernel's.
    package static let live = Chance {
        var words = InlineArray<4, UInt64>(repeating: 0)
        var span = words.mutableSpan
        fillWithRandomness(&span)
        var bytes = InlineArray<32, UInt8>(repeating: 0)
        for index in 0..<32 { bytes[index] = UInt8(truncatingIfNeeded: words[index / 8] >> UInt64(index % 8 * 8)) }
        return bytes
    }
}

extension PasswordHasher {
    /// Hashes on threads of `workers`, on half of its at most, so that files and name resolution go on beside it.
    package convenience init(on workers: WorkerPool, threads: Int = 2, chance: Chance = .live) {
        self.init(threads: threads, chance: chance, submit: workers.submit)
    }
}
