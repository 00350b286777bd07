/// A SHA-256 hash or an HMAC made of it. Comparing two takes the same time whatever they hold.
package struct Digest: Sendable {
    let bytes: InlineArray<32, UInt8>

    init(_ bytes: InlineArray<32, UInt8>) { self.bytes = bytes }

    /// As 64 digits in small letters.
    package var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for index in bytes.indices {
            text.append(digits[Int(bytes[index] >> 4)])
            text.append(digits[Int(bytes[index] & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// As 43 characters that are safe in URLs and headers.
    package var base64url: [UInt8] { Base64URL.encode(bytes.span) }
}

extension Digest: Hashable {
    package static func == (a: Digest, b: Digest) -> Bool { equalInConstantTime(a.bytes.span, b.bytes.span) }

    /// Eight bytes of a digest spread as well as all of them.
    package func hash(into hasher: inout Hasher) {
        var word: UInt64 = 0
        for index in 0..<8 { word = word << 8 | UInt64(bytes[index]) }
        hasher.combine(word)
    }
}
