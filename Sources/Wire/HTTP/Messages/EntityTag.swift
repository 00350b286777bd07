/// A validator of a representation (RFC 9110 §8.8.3) and the conditions that ask about it.
package struct EntityTag: Hashable, Sendable {
    package let opaque: String
    package let isWeak: Bool

    /// Nil when `opaque` holds a quote, a space or a control character.
    package init?(_ opaque: String, isWeak: Bool = false) {
        guard opaque.utf8.allSatisfy({ $0 == 0x21 || $0 > 0x22 && $0 != 0x7F }) else { return nil }
        (self.opaque, self.isWeak) = (opaque, isWeak)
    }

    /// A strong tag made by a program: what cannot stand in a tag is left out.
    package init(opaque: String) {
        self.opaque = String(opaque.unicodeScalars.filter { $0.value == 0x21 || $0.value > 0x22 && $0.value != 0x7F })
        isWeak = false
    }

    /// As it stands in a field: `"abc"` or `W/"abc"`.
    package init?(field: String) {
        guard case .tags(let tags)? = EntityTagCondition(field), tags.count == 1, let tag = tags.first else {
            return nil
        }
        self = tag
    }

    package var field: String { isWeak ? "W/\"\(opaque)\"" : "\"\(opaque)\"" }
}

/// The value of If-Match or If-None-Match (RFC 9110 §13.1).
package enum EntityTagCondition: Hashable, Sendable {
    case any
    case tags([EntityTag])

    /// Nil when the text is neither `*` nor a list of tags: the condition is then as good as absent.
    package init?(_ text: String) {
        let bytes = text.utf8Span.span
        let all = bytes.trimmed(0, bytes.count)
        if all.count == 1, bytes[all.lowerBound] == UInt8(ascii: "*") {
            self = .any
            return
        }
        var tags: [EntityTag] = []
        var index = all.lowerBound
        while index < all.upperBound {
            guard let tag = EntityTagCondition.tag(at: &index, before: all.upperBound, in: bytes) else { return nil }
            tags.append(tag)
            while index < all.upperBound, bytes[index] == .space || bytes[index] == .tab { index += 1 }
            guard index == all.upperBound || bytes[index] == .comma else { return nil }
            while index < all.upperBound, [.comma, .space, .tab].contains(bytes[index]) { index += 1 }
        }
        if tags.isEmpty { return nil }
        self = .tags(tags)
    }

    private static func tag(at index: inout Int, before end: Int, in bytes: Span<UInt8>) -> EntityTag? {
        var isWeak = false
        if end - index > 2, bytes[index] == UInt8(ascii: "W"), bytes[index + 1] == UInt8(ascii: "/") {
            (isWeak, index) = (true, index + 2)
        }
        guard index < end, bytes[index] == UInt8(ascii: "\"") else { return nil }
        let close = bytes.firstIndex(of: UInt8(ascii: "\""), from: index + 1, to: end)
        guard close < end else { return nil }
        defer { index = close + 1 }
        return EntityTag(bytes.string(in: index + 1..<close), isWeak: isWeak)
    }

    /// For If-None-Match: weak tags count (RFC 9110 §8.8.3.2). A GET that matches is answered 304.
    package func matchesWeakly(_ tag: EntityTag) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): tags.contains { $0.opaque == tag.opaque }
        }
    }

    /// For If-Match: both must be strong. A change that does not match is answered 412.
    package func matchesStrongly(_ tag: EntityTag) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): !tag.isWeak && tags.contains(tag)
        }
    }
}
