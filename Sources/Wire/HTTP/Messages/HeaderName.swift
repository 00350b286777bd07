/// The name of a header field: one of `KnownHeader`'s, or a token of its own in lower case. Two names that differ only
/// in case are equal because there is just one way to hold either.
package struct HeaderName: Hashable, Sendable {
    private enum Kind: Hashable, Sendable {
        case known(KnownHeader)
        case custom(String)
    }
    private let kind: Kind

    private init(kind: Kind) { self.kind = kind }

    package init(_ known: KnownHeader) { kind = .known(known) }

    /// Nil when `text` is not a token (RFC 9110 §5.6.2).
    package init?(_ text: String) {
        let bytes = text.utf8Span.span
        guard HeaderName.isToken(bytes, in: 0..<bytes.count) else { return nil }
        self.init(bytes, in: 0..<bytes.count, known: KnownHeaderTable.find(bytes, in: 0..<bytes.count))
    }

    /// A name that the parser has validated and looked up.
    init(_ bytes: Span<UInt8>, in range: Range<Int>, known: KnownHeader?) {
        if let known {
            kind = .known(known)
        } else {
            kind = .custom(
                unsafe String(unsafeUninitializedCapacity: range.count) { buffer in
                    for (index, offset) in range.enumerated() {
                        // Safety: index counts up to range.count, the capacity asked for.
                        unsafe buffer[index] = bytes[offset].lowercased
                    }
                    return range.count
                })
        }
    }

    package var known: KnownHeader? {
        if case .known(let known) = kind { known } else { nil }
    }

    /// As we send it: `Content-Type`, but `x-my-own`.
    package var spelling: String {
        switch kind {
        case .known(let known): known.rawValue
        case .custom(let name): name
        }
    }

    static func isToken(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
        for index in range where !bytes[index].belongs(to: .token) { return false }
        return !range.isEmpty
    }
}

extension HeaderName: CustomStringConvertible {
    package var description: String { spelling }
}

extension HeaderName: ExpressibleByStringLiteral {
    /// For names in source code, like `"x-trace-debug"`. A literal that is no token becomes the nearest one that is,
    /// by leaving the wrong characters out: nothing may trap, and nothing may split a message.
    package init(stringLiteral text: String) {
        let token = String(decoding: text.utf8.filter { $0.belongs(to: .token) }, as: UTF8.self)
        self = HeaderName(text) ?? HeaderName(token) ?? HeaderName(kind: .custom("invalid"))
    }
}

/// Finds known names by hash: open addressing, half full at most, built once at first use.
enum KnownHeaderTable {
    static let longestName = 32

    /// Lower-cased bytes of a name in four words; a name is found only when all of them match.
    private struct Entry {
        var words: InlineArray<4, UInt64> = [0, 0, 0, 0]
        var length = 0
        var header: KnownHeader?
    }

    private static let entries: InlineArray<256, Entry> = {
        var entries = InlineArray<256, Entry>(repeating: Entry())
        for header in KnownHeader.allCases {
            let bytes = header.rawValue.utf8Span.span
            var entry = Entry()
            (entry.length, entry.header) = (bytes.count, header)
            for word in 0..<4 where word * 8 < bytes.count {
                entry.words[word] = folded(bytes, at: word * 8, end: bytes.count)
            }
            var slot = slot(first: entry.words[0], last: lastWord(bytes, 0..<bytes.count), length: bytes.count)
            while entries[slot].header != nil { slot = (slot + 1) & 255 }
            entries[slot] = entry
        }
        return entries
    }()

    /// RFC 9110 §5.1: names are case-insensitive. The bytes must hold no control bytes, else folding with 0x20 could
    /// make a dash of a carriage return. A name that is found is thereby known to be a token.
    static func find(_ bytes: Span<UInt8>, in range: Range<Int>) -> KnownHeader? {
        guard range.count <= longestName, !range.isEmpty else { return nil }
        let first = folded(bytes, at: range.lowerBound, end: range.upperBound)
        var slot = slot(first: first, last: lastWord(bytes, range), length: range.count)
        while let header = entries[slot].header {
            if entries[slot].length == range.count, entries[slot].words[0] == first, rest(bytes, range, equals: slot) {
                return header
            }
            slot = (slot + 1) & 255
        }
        return nil
    }

    @inline(__always)
    private static func rest(_ bytes: Span<UInt8>, _ range: Range<Int>, equals slot: Int) -> Bool {
        var (word, offset) = (1, range.lowerBound + 8)
        while offset < range.upperBound {
            if entries[slot].words[word] != folded(bytes, at: offset, end: range.upperBound) { return false }
            (word, offset) = (word + 1, offset + 8)
        }
        return true
    }

    @inline(__always)
    private static func folded(_ bytes: Span<UInt8>, at offset: Int, end: Int) -> UInt64 {
        bytes.word(at: offset, length: min(8, end - offset)) | UInt64(repeating: 0x20)
    }

    @inline(__always)
    private static func lastWord(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        range.count <= 8 ? 0 : folded(bytes, at: range.upperBound - 8, end: range.upperBound)
    }

    @inline(__always)
    private static func slot(first: UInt64, last: UInt64, length: Int) -> Int {
        let mixed =
            (first ^ (last &<< 7) ^ (last &>> 57) &+ UInt64(truncatingIfNeeded: length)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 56)
    }
}
