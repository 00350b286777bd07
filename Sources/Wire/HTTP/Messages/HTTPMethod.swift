/// RFC 9110 §9. Methods are case-sensitive: `get` is `.other("get")`.
package enum HTTPMethod: Hashable, Sendable {
    case get, head, post, put, patch, delete, options, trace, connect
    case other(String)

    /// The methods with a case of their own, each at its `slot`.
    static let slots: [HTTPMethod] = [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect]

    package init(_ name: String) {
        let slot = HTTPMethod.slot(of: 0..<name.utf8.count, in: name.utf8Span.span)
        self = slot.map { HTTPMethod.slots[$0] } ?? .other(name)
    }

    /// The slot of the method that the bytes name; nil for one without a case of its own.
    @inline(__always)
    static func slot(of range: Range<Int>, in bytes: Span<UInt8>) -> Int? {
        guard range.count <= 7 else { return nil }
        switch bytes.word(at: range.lowerBound, length: range.count) {
        case UInt64(text: "GET"): return 0
        case UInt64(text: "HEAD"): return 1
        case UInt64(text: "POST"): return 2
        case UInt64(text: "PUT"): return 3
        case UInt64(text: "PATCH"): return 4
        case UInt64(text: "DELETE"): return 5
        case UInt64(text: "OPTIONS"): return 6
        case UInt64(text: "TRACE"): return 7
        case UInt64(text: "CONNECT"): return 8
        default: return nil
        }
    }

    var slot: Int? {
        switch self {
        case .get: 0
        case .head: 1
        case .post: 2
        case .put: 3
        case .patch: 4
        case .delete: 5
        case .options: 6
        case .trace: 7
        case .connect: 8
        case .other: nil
        }
    }

    package var name: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .connect: "CONNECT"
        case .other(let name): name
        }
    }

    /// For what each request asks: `==` on a type of another module goes through a table of functions.
    package var isHead: Bool { if case .head = self { true } else { false } }

    /// RFC 9110 §9.2.1: asks, but changes nothing.
    package var isSafe: Bool {
        switch self {
        case .get, .head, .options, .trace: true
        default: false
        }
    }

    /// RFC 9110 §9.2.2: sent twice it has the effect of once, so a client may retry it.
    package var isIdempotent: Bool { isSafe || self == .put || self == .delete }
}

extension HTTPMethod: CustomStringConvertible {
    package var description: String { name }
}

package enum HTTPVersion: UInt8, Sendable {
    case http10, http11

    package var isHTTP10: Bool { if case .http10 = self { true } else { false } }
}
