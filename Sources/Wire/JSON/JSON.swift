/// JSON to Swift values and back, for every type that is `Codable`.
///
/// Reading scans the bytes once: the scanner checks the whole text and leaves a flat index of its values (`Document`),
/// which the containers of Codable then walk. Malformed text is therefore always reported as malformed, whatever
/// type was asked for. Writing goes straight into one buffer.
///
/// RFC 8259 leaves some things to the implementation. Ours:
///
/// | in the text                                        | here                                                  |
/// |----------------------------------------------------|-------------------------------------------------------|
/// | the same name twice in an object                   | refused, also in parts that the type does not read    |
/// | names that differ in Unicode normalisation only    | two names: names are compared by their UTF-8 bytes    |
/// | a byte order mark                                  | refused                                               |
/// | UTF-8 that is overlong, truncated or a surrogate   | refused                                               |
/// | half of a surrogate pair as `\uD800`               | refused                                               |
/// | `\u0000`, U+FFFE, U+10FFFF and other non-characters| accepted                                              |
/// | DEL, U+2028 and U+2029 unescaped                   | accepted, and written unescaped                       |
/// | nesting beyond `JSONLimits.depth`                  | refused, without recursion                            |
/// | text longer than `JSONLimits.size`                 | refused before the first byte is looked at            |
/// | any value at the top                               | accepted, not objects and arrays only                 |
/// | `2.0`, `2e0`, `20e-1` where an integer is wanted   | accepted: the value is what counts, not the spelling  |
/// | `-0`                                               | 0 as integer and decimal, -0.0 as Double              |
/// | a number beyond Double                             | refused where a Double is wanted, kept in `JSONValue` |
/// | a number below the smallest Double                 | rounded, so to 0 at the end                           |
/// | more digits than a Double has                      | rounded to the nearest Double; exact in ExactDecimal  |
/// | `null` for an optional property                    | nil, as is a missing member                           |
/// | NaN and infinities on writing                      | refused                                               |
/// | a type that writes a name twice                    | is taken at its word: nothing looks for it            |
package enum JSON {
    /// Reads one value. The text must hold exactly one JSON value with nothing but white space around it.
    package static func decode<T: Decodable>(
        _ type: T.Type, from text: Span<UInt8>, limits: JSONLimits = .standard
    ) throws(JSONError) -> T {
        try Document.read(text, limits: limits) { document throws(any Error) in try document.decode(T.self, at: 0) }
    }

    package static func decode<T: Decodable>(
        _ type: T.Type, from text: [UInt8], limits: JSONLimits = .standard
    ) throws(JSONError) -> T {
        try decode(type, from: text.span, limits: limits)
    }

    package static func decode<T: Decodable>(
        _ type: T.Type, from text: ArraySlice<UInt8>, limits: JSONLimits = .standard
    ) throws(JSONError) -> T {
        try decode(type, from: text.span, limits: limits)
    }

    package static func decode<T: Decodable>(
        _ type: T.Type, from text: String, limits: JSONLimits = .standard
    ) throws(JSONError) -> T {
        try decode(type, from: text.utf8.span, limits: limits)
    }

    /// The value as compact JSON: members in the order in which the type writes them, no white space.
    package static func encode<T: Encodable>(_ value: T, limits: JSONLimits = .standard) throws(JSONError) -> [UInt8] {
        var bytes: [UInt8] = []
        try encode(value, into: &bytes, limits: limits)
        return bytes
    }

    /// Appends the value to `bytes`; on an error `bytes` stays as it was.
    package static func encode<T: Encodable>(
        _ value: T, into bytes: inout [UInt8], limits: JSONLimits = .standard
    ) throws(JSONError) {
        try Writer.write(value, limits: limits) { text in text.move(to: &bytes) }
    }
}

/// What a text may cost at most.
package struct JSONLimits: Sendable {
    /// How many arrays and objects may stand inside each other.
    package let depth: Int
    /// How many bytes a text may have.
    package let size: Int

    package static let standard = JSONLimits()

    /// `depth` is held to 1,024, because recursive types are decoded recursively and a thread's stack is finite;
    /// `size` to 1 GiB, because the index keeps offsets in 30 bits.
    package init(depth: Int = 128, size: Int = 16 << 20) {
        self.depth = min(max(depth, 0), 1_024)
        self.size = min(max(size, 0), Token.largestOffset)
    }
}
