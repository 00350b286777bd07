import Testing

/// A text to be read, as bytes, because the worst ones are no strings.
struct Text: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]

    init(_ name: String, _ text: String) { (self.name, bytes) = (name, Array(text.utf8)) }
    init(_ name: String, bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }

    /// A string whose content is these bytes.
    init(_ name: String, string: [UInt8]) { (self.name, bytes) = (name, [0x22] + string + [0x22]) }

    var testDescription: String { name }
}
