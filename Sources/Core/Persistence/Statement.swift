/// The text of a statement and the types of its parameters: what a prepared statement is made of and found by.
///
/// Compared by the addresses of the literals, so that finding it again costs a few words and not the whole text.
///
/// Sound because a literal's bytes are constant data of the program, which no part of ours ever unloads: one address
/// and length are one text for as long as the process lives. One text at two addresses is prepared twice, which wastes
/// a little and breaks nothing.
package struct Statement: Hashable, Sendable {
    /// Text, and the parameter behind it.
    private struct Part: Sendable {
        let text: StaticString
        var parameter: SQLType?
    }

    private var parts: [Part] = []
    /// Of all parts, kept as they come.
    private var mixed: UInt64 = 0

    mutating func reserve(_ count: Int) { parts.reserveCapacity(count) }

    mutating func append(_ text: StaticString) {
        guard text.utf8CodeUnitCount > 0 else { return }
        parts.append(Part(text: text))
        mix(text.address)
        mix(UInt64(text.utf8CodeUnitCount))
    }

    mutating func append(_ parameter: SQLType) {
        if parts.last == nil || parts.last?.parameter != nil { parts.append(Part(text: "")) }
        parts[parts.count - 1].parameter = parameter
        mix(UInt64(parameter.code))
    }

    mutating func append(_ other: Statement) {
        parts.append(contentsOf: other.parts)
        mix(other.mixed)
    }

    /// Multiplication carries each bit upwards, the shift brings the upper half back down.
    private mutating func mix(_ word: UInt64) {
        mixed = (mixed ^ word) &* 0x9E37_79B9_7F4A_7C15
        mixed ^= mixed >> 32
    }

    /// With `$1`, `$2`, … for the parameters, which both PostgreSQL and SQLite understand.
    package var text: String {
        var text = ""
        var number = 0
        for part in parts {
            text += part.text.description
            guard part.parameter != nil else { continue }
            number += 1
            text += "$\(number)"
        }
        return text
    }

    package var parameters: [SQLType] { parts.compactMap(\.parameter) }

    /// Whether it begins with this word, so that adapters can tell reading from writing. The word in capitals.
    package func begins(with word: StaticString) -> Bool {
        guard let first = parts.first else { return false }
        return first.text.withUTF8Buffer { text in
            word.withUTF8Buffer { word in
                guard let start = unsafe text.firstIndex(where: { $0 > 0x20 }),
                    text.count - start >= word.count
                else { return false }
                // Clearing the bit of small letters makes capitals of them.
                return unsafe zip(text[start...], word).allSatisfy { $0 & 0xDF == $1 }
            }
        }
    }

    package static func == (one: Statement, other: Statement) -> Bool {
        one.mixed == other.mixed && one.parts.count == other.parts.count
            && zip(one.parts, other.parts).allSatisfy {
                $0.text.address == $1.text.address && $0.text.utf8CodeUnitCount == $1.text.utf8CodeUnitCount
                    && $0.parameter == $1.parameter
            }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(mixed) }
}

extension StaticString {
    /// Safety: a number to compare; nothing is read through it. A literal of several bytes is always a pointer, and one
    /// of a single scalar is its own value.
    fileprivate var address: UInt64 {
        hasPointerRepresentation ? UInt64(UInt(bitPattern: unsafe utf8Start)) : UInt64(unicodeScalar.value)
    }
}
