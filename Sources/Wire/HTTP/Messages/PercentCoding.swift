/// Percent-encoding of paths, queries and forms (RFC 3986 §2.1). A broken escape, an escaped NUL or bytes that are not
/// UTF-8 make the whole text invalid: nothing is guessed or repaired.
package enum PercentCoding {
    package static func decode(_ text: String, plusIsSpace: Bool = false) -> String? {
        let bytes = text.utf8Span.span
        return decode(0..<bytes.count, of: bytes, plusIsSpace: plusIsSpace)
    }

    /// All but unreserved characters is escaped; `keeping` names bytes that stay besides them, as `/` in a path.
    package static func encode(_ text: String, keeping kept: StaticString = "") -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if byte.belongs(to: .unreserved) || kept.withUTF8Buffer({ unsafe $0.contains(byte) }) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), .hexDigit(byte >> 4), .hexDigit(byte & 15)]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    static func decode(_ range: Range<Int>, of bytes: Span<UInt8>, plusIsSpace: Bool) -> String? {
        withDecoded(range, of: bytes, plusIsSpace: plusIsSpace) { decoded in
            guard let text = try? UTF8Span(validating: decoded) else { return nil }
            return String(copying: text)
        } ?? nil
    }

    static func isValid(_ range: Range<Int>, in bytes: Span<UInt8>) -> Bool {
        if bytes.firstIndex(of: UInt8(ascii: "%"), from: range.lowerBound, to: range.upperBound) == range.upperBound {
            return true
        }
        return withDecoded(range, of: bytes, plusIsSpace: false) { (try? UTF8Span(validating: $0)) != nil } ?? false
    }

    /// The byte that the escape at `index` stands for.
    static func escape(at index: Int, before end: Int, in bytes: Span<UInt8>) -> UInt8? {
        guard index + 2 < end, bytes[index] == UInt8(ascii: "%"), let high = bytes[index + 1].hexValue,
            let low = bytes[index + 2].hexValue
        else { return nil }
        return high << 4 | low
    }

    /// Lends the decoded bytes, which lie on the stack unless they are many. Nil when an escape is broken or is `%00`.
    private static func withDecoded<R>(
        _ range: Range<Int>, of bytes: Span<UInt8>, plusIsSpace: Bool, _ body: (Span<UInt8>) -> R
    ) -> R? {
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: range.count) { buffer in
            var (index, count) = (range.lowerBound, 0)
            while index < range.upperBound {
                var byte = bytes[index]
                if byte == UInt8(ascii: "%") {
                    guard let escaped = escape(at: index, before: range.upperBound, in: bytes), escaped != 0 else {
                        return nil
                    }
                    (byte, index) = (escaped, index + 2)
                } else if byte == UInt8(ascii: "+"), plusIsSpace {
                    byte = .space
                }
                // Safety: one byte is written for each one or three read, so count stays below range.count.
                unsafe buffer[count] = byte
                (index, count) = (index + 1, count + 1)
            }
            return unsafe body(Span(_unsafeElements: UnsafeBufferPointer(rebasing: buffer[..<count])))
        }
    }
}

/// Names and values of a query or a form, in their order. A name may come several times.
package struct QueryItems: Sendable, Equatable {
    package struct Item: Sendable, Equatable {
        package let name: String, value: String
        package init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    }
    package let items: [Item]

    package init(_ items: [Item]) { self.items = items }

    /// Decodes `application/x-www-form-urlencoded` bytes. Nil when an escape is broken or the text is not UTF-8, or
    /// there are more than `limit` items.
    package init?(form bytes: Span<UInt8>, limit: Int = 1_000) {
        var items: [Item] = []
        var start = 0
        while start <= bytes.count {
            let end = bytes.firstIndex(of: UInt8(ascii: "&"), from: start, to: bytes.count)
            if end > start {
                let equals = bytes.firstIndex(of: UInt8(ascii: "="), from: start, to: end)
                guard items.count < limit,
                    let name = PercentCoding.decode(start..<equals, of: bytes, plusIsSpace: true),
                    let value = PercentCoding.decode(min(equals + 1, end)..<end, of: bytes, plusIsSpace: true)
                else { return nil }
                items.append(Item(name, value))
            }
            start = end + 1
        }
        self.items = items
    }

    package subscript(_ name: String) -> String? { items.first { $0.name == name }?.value }

    package func all(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }
}
