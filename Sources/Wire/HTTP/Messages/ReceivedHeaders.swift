/// The header fields of a received head: a view over its bytes. Looking one up scans the index (sixteen bytes a field);
/// text is made only of what is asked for. Bytes that are not UTF-8 become U+FFFD in text; `withValue` shows them as
/// sent.
package struct ReceivedHeaders: Sendable {
    let storage: HeadStorage

    package var count: Int { storage.fieldCount }

    /// The first field of that name.
    package subscript(_ name: HeaderName) -> String? {
        firstIndex(of: name, from: 0).map { storage.string(storage.field($0).value) }
    }

    package func contains(_ name: HeaderName) -> Bool { firstIndex(of: name, from: 0) != nil }

    package func all(_ name: HeaderName) -> [String] {
        var values: [String] = []
        var start = 0
        while let index = firstIndex(of: name, from: start) {
            values.append(storage.string(storage.field(index).value))
            start = index + 1
        }
        return values
    }

    /// The bytes of the first field of that name, without making text of them.
    package func withValue<R, E: Error>(
        _ name: HeaderName, _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R? {
        guard let index = firstIndex(of: name, from: 0) else { return nil }
        return try storage.withBytes(storage.field(index).value, body)
    }

    /// Whether one of the comma-separated members of the fields of that name is `token` (in lower case), in any case.
    package func has(_ name: HeaderName, token: StaticString) -> Bool {
        var start = 0
        while let index = firstIndex(of: name, from: start) {
            let found = storage.withBytes(storage.field(index).value) { value in
                var members = ListMembers(0..<value.count)
                while let member = members.next(in: value) {
                    if value.equals(member, ignoringCase: token) { return true }
                }
                return false
            }
            if found { return true }
            start = index + 1
        }
        return false
    }

    private func firstIndex(of name: HeaderName, from start: Int) -> Int? {
        if let known = name.known {
            for index in start..<storage.fieldCount where storage.field(index).known == known {
                return index
            }
            return nil
        }
        let spelling = name.spelling
        for index in start..<storage.fieldCount {
            let field = storage.field(index)
            if field.known == nil, field.name.count == spelling.utf8.count, isNamed(field, spelling) { return index }
        }
        return nil
    }

    private func isNamed(_ field: HeadField, _ spelling: String) -> Bool {
        let expected = spelling.utf8Span.span
        return storage.withBytes(field.name) { name in
            for index in name.indices where name[index].lowercased != expected[index] { return false }
            return true
        }
    }
}

extension ReceivedHeaders: Sequence {
    package struct Iterator: IteratorProtocol {
        let storage: HeadStorage
        var index = 0

        package mutating func next() -> (name: HeaderName, value: String)? {
            guard index < storage.fieldCount else { return nil }
            defer { index += 1 }
            let field = storage.field(index)
            let name = storage.withBytes(field.name) { HeaderName($0, in: 0..<$0.count, known: field.known) }
            return (name, storage.string(field.value))
        }
    }

    package func makeIterator() -> Iterator { Iterator(storage: storage) }
}

/// The members of a comma-separated list (RFC 9110 §5.6.1), without the white space around them; empty ones included.
struct ListMembers {
    private var start: Int
    private let end: Int
    private var isDone: Bool

    init(_ range: Range<Int>) { (start, end, isDone) = (range.lowerBound, range.upperBound, false) }

    @inline(__always)
    mutating func next(in bytes: Span<UInt8>) -> Range<Int>? {
        if isDone { return nil }
        let comma = bytes.firstIndex(of: .comma, from: start, to: end)
        let member = bytes.trimmed(start, comma)
        (start, isDone) = (comma + 1, comma == end)
        return member
    }
}
