internal import COpenSSL

/// SHA-256 (FIPS 180-4) over pieces. A value without memory of its own: a copy goes on from where it was taken.
package struct SHA256: Sendable {
    private var state = SHA256_CTX()

    package init() { unsafe SHA256_Init(&state) }

    package mutating func update(_ bytes: Span<UInt8>) {
        _ = unsafe bytes.withUnsafeBytes { unsafe SHA256_Update(&state, $0.baseAddress, $0.count) }
    }

    package mutating func update(_ text: String) { update(text.utf8Span.span) }

    package consuming func finish() -> Digest {
        var bytes = InlineArray<32, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        // Safety: OpenSSL writes SHA256_DIGEST_LENGTH bytes, which are the 32 there are.
        _ = unsafe span.withUnsafeMutableBufferPointer { unsafe SHA256_Final($0.baseAddress, &state) }
        return Digest(bytes)
    }

    package static func hash(_ bytes: Span<UInt8>) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    package static func hash(_ text: String) -> Digest { hash(text.utf8Span.span) }
}

/// A key for HMAC-SHA-256 (RFC 2104). Both halves of the key schedule are hashed once, when it is made, so a short
/// message costs two blocks less, and no message an allocation.
package final class HMACKey: Sendable {
    private let inner: SHA256, outer: SHA256

    package init(_ key: Span<UInt8>) {
        var block = InlineArray<64, UInt8>(repeating: 0)
        if key.count > block.count {
            let digest = SHA256.hash(key)
            for index in 0..<32 { block[index] = digest.bytes[index] }
        } else {
            for index in key.indices { block[index] = key[index] }
        }
        (inner, outer) = (Self.start(block, 0x36), Self.start(block, 0x5C))
    }

    package convenience init(_ key: String) { self.init(key.utf8Span.span) }

    /// A key for one purpose, so that what is signed for it counts for no other (one block of RFC 5869's expansion).
    package convenience init(from master: HMACKey, for purpose: String) {
        self.init(master.authenticate(purpose + "\u{1}").bytes.span)
    }

    private static func start(_ key: InlineArray<64, UInt8>, _ padding: UInt8) -> SHA256 {
        var block = key
        for index in block.indices { block[index] ^= padding }
        var hash = SHA256()
        hash.update(block.span)
        return hash
    }

    package func authenticate(_ message: Span<UInt8>) -> Digest {
        var hash = inner
        hash.update(message)
        return finish(hash)
    }

    package func authenticate(_ message: String) -> Digest { authenticate(message.utf8Span.span) }

    /// A message in pieces: `feed` is given what collects them.
    package func authenticate(_ feed: (inout SHA256) -> Void) -> Digest {
        var hash = inner
        feed(&hash)
        return finish(hash)
    }

    private func finish(_ hash: consuming SHA256) -> Digest {
        var last = outer
        last.update(hash.finish().bytes.span)
        return last.finish()
    }
}
