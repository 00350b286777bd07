package import TradewindCQRS
package import TradewindDomain

/// Whom the gateway has let in, as it tells the services behind it: one field, signed with a key that only our own
/// processes have, for one request and for a short time. Who sees one cannot make it another's.
///
///     v1.1749902400.user.01976e8a-….ADMIN.<base64url of HMAC>
///     v1.1749902400.service.internal.<base64url of HMAC>
package struct SignedIdentity: Sendable {
    /// Clocks may differ by this; a request is not under way for longer.
    package static let window = Duration.seconds(60)
    private static let longest = 256

    private let key: HMACKey

    /// The key of a purpose of its own, drawn from the secret that all processes have.
    package init(secret: String) { key = HMACKey(from: HMACKey(secret), for: "tradewind identity") }

    /// Nil for nobody: then there is nothing to say.
    package func text(for caller: Caller, request: String, at now: Timestamp) -> String? {
        let time = now.milliseconds / 1_000
        let claim: String
        switch caller {
        case .anonymous: return nil
        case .user(let id, let role): claim = "v1.\(time).user.\(id).\(role.rawValue)"
        // A name is set by us, yet a dot in one must not move what follows.
        case .service(let name): claim = "v1.\(time).service.\(name.replacing(".", with: "-"))"
        }
        return "\(claim).\(signature(of: claim, request))"
    }

    /// Nil for whatever `text` has not written for this request within the window.
    package func caller(from text: String, request: String, at now: Timestamp) -> Caller? {
        guard text.utf8.count <= Self.longest, let dot = text.lastIndex(of: ".") else { return nil }
        let (claim, signature) = (String(text[..<dot]), String(text[text.index(after: dot)...]))
        guard equalInConstantTime(self.signature(of: claim, request).utf8Span.span, signature.utf8Span.span) else {
            return nil
        }
        let parts = claim.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0] == "v1", let time = Int64(parts[1]), 0...(1 << 40) ~= time,
            (.zero - Self.window)...Self.window ~= now - Timestamp(microseconds: time * 1_000_000)
        else { return nil }
        switch (parts[2], parts.count) {
        case ("user", 5):
            guard let id = UUID(String(parts[3])), let role = Role(rawValue: String(parts[4])) else { return nil }
            return .user(id, role)
        case ("service", 4): return .service(String(parts[3]))
        default: return nil
        }
    }

    private func signature(of claim: String, _ request: String) -> String {
        // Neither part can hold the NUL that parts them: a claim is written above, a request id is visible ASCII.
        String(decoding: key.authenticate("\(claim)\0\(request)").base64url, as: UTF8.self)
    }
}
