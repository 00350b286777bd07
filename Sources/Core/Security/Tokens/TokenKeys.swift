internal import TradewindJSON

/// Why a token was refused: for the log. The client learns only that it was.
package enum TokenRefusal: String, Error, Hashable, Sendable {
    case malformed, tooLong, algorithm, key, signature, claims, expired, early, issuer, audience
}

/// The keys of an issuer: tokens in compact form are signed with one and checked with all (RFC 7515). A new key signs
/// as soon as everybody knows it; the old one goes when its last token has run out.
package struct TokenKeys: Sendable {
    /// A field of a request's head has less room than this; so what is longer was made to be slow.
    static let longestToken = 8 << 10

    private let keys: [TokenKey]

    /// The first one signs.
    package init(_ keys: [TokenKey]) { self.keys = keys }

    /// Nil without a key that can sign.
    func sign(_ payload: Span<UInt8>) -> [UInt8]? {
        guard let key = keys.first else { return nil }
        var token: [UInt8] = []
        token.reserveCapacity(key.header.count + payload.count * 4 / 3 + 48)
        token += key.header
        token.append(UInt8(ascii: "."))
        token += Base64URL.encode(payload)
        guard let signature = key.sign(token.span) else { return nil }
        token.append(UInt8(ascii: "."))
        token += signature
        return token
    }

    /// What one of the keys has signed.
    package func payload(of token: Span<UInt8>) throws(TokenRefusal) -> [UInt8] {
        guard token.count <= Self.longestToken else { throw .tooLong }
        guard let first = token.firstDot(from: 0), let second = token.firstDot(from: first + 1),
            token.firstDot(from: second + 1) == nil
        else { throw .malformed }
        let (header, signature) = (token.extracting(0..<first), token.extracting((second + 1)...))
        let message = token.extracting(0..<second)
        if let key = keys.first(where: { $0.header.span.hasSameBytes(as: header) }) {
            guard key.verifies(signature, of: message) else { throw .signature }
        } else {
            let candidates = try candidates(for: header)
            guard candidates.contains(where: { $0.verifies(signature, of: message) }) else { throw .signature }
        }
        guard let payload = Base64URL.decode(token.extracting(first + 1..<second)) else { throw .malformed }
        return payload
    }

    /// The keys that a header from elsewhere may mean: with its `kid` if it has one, and always of its `alg`.
    private func candidates(for header: Span<UInt8>) throws(TokenRefusal) -> [TokenKey] {
        guard let json = Base64URL.decode(header),
            let header = try? JSON.decode(TokenHeader.self, from: json, limits: TokenHeader.limits)
        else { throw .malformed }
        let named = keys.filter { header.kid == nil || header.kid == $0.id }
        guard !named.isEmpty else { throw .key }
        let fitting = named.filter { $0.algorithm == header.alg }
        guard !fitting.isEmpty else { throw .algorithm }
        return fitting
    }
}

/// What is read of a JOSE header. Keys that it brings along (`jwk`, `jku`, `x5c`) are nobody's word but the sender's,
/// and are not looked at.
private struct TokenHeader: Decodable {
    static let limits = JSONLimits(depth: 8, size: TokenKeys.longestToken)

    let alg: String, kid: String?

    private enum CodingKeys: CodingKey { case alg, kid, typ, crit }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        alg = try members.decode(String.self, forKey: .alg)
        kid = try members.decodeIfPresent(String.self, forKey: .kid)
        // RFC 8725 §3.11: tokens made for something else say so here.
        let type = try members.decodeIfPresent(String.self, forKey: .typ)?.lowercased() ?? "jwt"
        // RFC 7515 §4.1.11: extensions that must be understood. We understand none.
        guard !members.contains(.crit), type == "jwt" || type == "at+jwt" else { throw TokenRefusal.malformed }
    }
}

extension Span<UInt8> {
    fileprivate func firstDot(from start: Int) -> Int? {
        var at = start
        while at < count {
            if self[at] == UInt8(ascii: ".") { return at }
            at += 1
        }
        return nil
    }

    /// For what is no secret.
    fileprivate func hasSameBytes(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }
}
