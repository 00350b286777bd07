package import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON

/// Who a token stands for, and until when.
package struct AccessClaims: Hashable, Sendable {
    package let user: UUID, role: Role
    /// Names the token (`jti`).
    package let id: UUID
    package let issued: Timestamp, expires: Timestamp

    package var caller: Caller { .user(user, role) }
}

/// Issues and checks JSON web tokens (RFC 7519) of our own making.
package struct AccessTokens: Sendable {
    private let keys: TokenKeys
    private let issuer: String, audience: String
    package let lifetime: Duration
    /// How much the clocks of two machines may differ.
    private let skew: Duration

    package init(
        _ keys: TokenKeys, issuer: String = "tradewind", audience: String = "tradewind",
        lifetime: Duration = .seconds(15 * 60), skew: Duration = .seconds(30)
    ) {
        (self.keys, self.issuer, self.audience) = (keys, issuer, audience)
        (self.lifetime, self.skew) = (lifetime, skew)
    }

    /// Times are whole seconds, as most others write them.
    package func issue(
        to user: UUID, as role: Role, id: UUID, at now: Timestamp
    ) throws -> (token: String, claims: AccessClaims) {
        let issued = now.milliseconds / 1_000
        let payload = Payload(
            iss: issuer, aud: Audience([audience]), sub: user, role: role, iat: Double(issued), nbf: nil,
            exp: Double(issued + lifetime.components.seconds), jti: id)
        let json = try JSON.encode(payload)
        guard let token = keys.sign(json.span) else { throw TokenRefusal.key }
        return (String(decoding: token, as: UTF8.self), try claims(of: payload, at: now))
    }

    package func verify(_ token: Swift.Span<UInt8>, at now: Timestamp) throws(TokenRefusal) -> AccessClaims {
        let json = try keys.payload(of: token)
        let payload: Payload
        do { payload = try JSON.decode(Payload.self, from: json, limits: Payload.limits) } catch { throw .claims }
        return try claims(of: payload, at: now)
    }

    package func verify(_ token: String, at now: Timestamp) throws(TokenRefusal) -> AccessClaims {
        try verify(token.utf8Span.span, at: now)
    }

    private func claims(of payload: Payload, at now: Timestamp) throws(TokenRefusal) -> AccessClaims {
        guard payload.iss == issuer else { throw .issuer }
        guard payload.aud.names.contains(audience) else { throw .audience }
        guard let issued = Timestamp(numericDate: payload.iat), let expires = Timestamp(numericDate: payload.exp),
            let start = Timestamp(numericDate: payload.nbf ?? payload.iat)
        else { throw .claims }
        guard now - skew < expires else { throw .expired }
        guard max(start, issued) <= now + skew else { throw .early }
        return AccessClaims(user: payload.sub, role: payload.role, id: payload.jti, issued: issued, expires: expires)
    }
}

private struct Payload: Codable {
    static let limits = JSONLimits(depth: 8, size: TokenKeys.longestToken)

    let iss: String, aud: Audience, sub: UUID, role: Role
    let iat: Double, nbf: Double?, exp: Double
    let jti: UUID
}

/// RFC 7519 §4.1.3: an array, or a string where there is one only.
private struct Audience: Codable {
    let names: [String]

    init(_ names: [String]) { self.names = names }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let name = try? value.decode(String.self) { names = [name] } else { names = try value.decode([String].self) }
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        if names.count == 1 { try value.encode(names[0]) } else { try value.encode(names) }
    }
}

extension Timestamp {
    /// Seconds since 1970, fractions allowed (RFC 7519 §2); nil beyond the year 5000, before which nobody means it.
    fileprivate init?(numericDate seconds: Double) {
        guard (0...1e11).contains(seconds) else { return nil }
        self.init(microseconds: Int64(seconds * 1e6))
    }
}
