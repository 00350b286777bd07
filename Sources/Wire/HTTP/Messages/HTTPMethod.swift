/// RFC 9110 §9. Methods are case-sensitive: `get` is `.other("get")`.
package enum HTTPMethod: Hashable, Sendable {
    case get, head, post, put, patch, delete, options, trace, connect
    case other(String)

    package init(_ name: String) {
        self = HTTPMethod(name.utf8Span.span, in: 0..<name.utf8.count) ?? .other(name)
    }

    /// A method this enum has a case for; nil for any other token.
    init?(_ bytes: Span<UInt8>, in range: Range<Int>) {
        guard range.count <= 7 else { return nil }
        switch bytes.word(at: range.lowerBound, length: range.count) {
        case UInt64(text: "GET"): self = .get
        case UInt64(text: "POST"): self = .post
        case UInt64(text: "PUT"): self = .put
        case UInt64(text: "PATCH"): self = .patch
        case UInt64(text: "DELETE"): self = .delete
        case UInt64(text: "HEAD"): self = .head
        case UInt64(text: "OPTIONS"): self = .options
        case UInt64(text: "TRACE"): self = .trace
        case UInt64(text: "CONNECT"): self = .connect
        default: return nil
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
}
