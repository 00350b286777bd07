package import TradewindDomain

/// Why a call from outside was not taken: for the log.
package enum WebhookRefusal: String, Error, Hashable, Sendable {
    case unsigned, malformed, late, forged, repeated
}

/// What the sender of a webhook puts into `X-Signature-256` and `X-Timestamp`.
package struct WebhookSignature: Hashable, Sendable {
    /// `sha256=` and 64 digits: the HMAC of timestamp, dot, body.
    package let text: String
    /// Seconds since 1970.
    package let timestamp: String

    package init(text: String, timestamp: String) { (self.text, self.timestamp) = (text, timestamp) }
}

/// Signs what we send to others and checks what they send to us. With several secrets the first one signs and all of
/// them check, while one is being replaced.
package struct WebhookSignatures: Sendable {
    /// How far the sender's clock may be from ours, either way; and how long a call may be under way.
    package static let window = Duration.seconds(5 * 60)
    private static let prefix = "sha256="

    private let keys: [HMACKey]

    package init(_ secret: String, older: [String] = []) { keys = ([secret] + older).map { HMACKey($0) } }

    package func sign(_ body: [UInt8], at now: Timestamp) -> WebhookSignature {
        let timestamp = String(now.milliseconds / 1_000)
        return WebhookSignature(text: Self.text(keys[0], timestamp, body), timestamp: timestamp)
    }

    /// Throws unless one of the keys has signed this, now. What it returns names the call: whoever keeps it for twice
    /// the window (see `ReplayWindow`) takes no call twice.
    package func verify(
        _ body: [UInt8], signed signature: WebhookSignature, at now: Timestamp
    ) throws(WebhookRefusal) -> Digest {
        guard 1...12 ~= signature.timestamp.utf8.count, signature.timestamp.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            let seconds = Int64(signature.timestamp), signature.text.hasPrefix(Self.prefix)
        else { throw .malformed }
        let age = now - Timestamp(microseconds: seconds * 1_000_000)
        guard (.zero - Self.window)...Self.window ~= age else { throw .late }
        var isSigned = false
        for key in keys {
            let expected = Self.text(key, signature.timestamp, body)
            if equalInConstantTime(expected.utf8Span.span, signature.text.utf8Span.span) { isSigned = true }
        }
        guard isSigned else { throw .forged }
        return SHA256.hash(signature.text)
    }

    private static func text(_ key: HMACKey, _ timestamp: String, _ body: [UInt8]) -> String {
        let digest = key.authenticate { hash in
            hash.update(timestamp + ".")
            hash.update(body.span)
        }
        return prefix + digest.hexadecimal
    }
}
