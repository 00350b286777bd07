/// How the end of a message's content is known (RFC 9112 §6.3).
package enum BodyFraming: Hashable, Sendable {
    case none
    case length(Int)
    case chunked
    /// Responses only: the content ends with the connection.
    case untilClose
}

/// A parsed request line and its header fields. A value around storage that never changes while the value exists, so it
/// can be kept and sent anywhere; text is made only when asked for. Everything that routing and framing need was
/// decided while parsing: a `RequestHead` that exists is well-formed.
package struct RequestHead: Sendable {
    let storage: HeadStorage

    package var method: HTTPMethod {
        let slot = Int(storage.request.methodSlot)
        return slot < HTTPMethod.slots.count ? HTTPMethod.slots[slot] : .other(storage.string(storage.request.method))
    }
    package var version: HTTPVersion { storage.request.version }
    package var headers: ReceivedHeaders { ReceivedHeaders(storage: storage) }
    package var framing: BodyFraming { storage.request.framing }
    /// Whether the connection may serve another request after this one (RFC 9112 §9.3).
    package var keepsAlive: Bool { storage.request.has(.keepsAlive) }
    package var expectsContinue: Bool { storage.request.has(.expectsContinue) }
    /// `Connection: upgrade` and an `Upgrade` field are there; `headers.has(.upgrade, token:)` tells which protocol.
    package var wantsUpgrade: Bool { storage.request.has(.wantsUpgrade) }

    /// The request target as it was sent.
    package var target: String { storage.string(storage.request.target) }

    /// The path with its escapes decoded. `%2F` becomes a slash here, so take segments from the router, not from this.
    package var path: String {
        withPath { PercentCoding.decode(0..<$0.count, of: $0, plusIsSpace: false) ?? "" }
    }

    /// The path that routing works on: dot segments resolved, unreserved characters unescaped, other escapes left alone
    /// (RFC 3986 §6.2.2). `*` for `OPTIONS *`.
    package func withPath<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        try storage.withBytes(storage.request.path, body)
    }

    /// What a gateway asks for: the path as routing saw it, less its first `count` bytes, and the query as it was sent.
    /// Whoever answers cannot read another path than the one that was checked.
    package func forwardedTarget(droppingFirst count: Int = 0) -> String {
        let path = storage.request.path
        let start = min(path.lowerBound + count, path.upperBound)
        let text = storage.string(start..<path.upperBound)
        return storage.request.query.map { text + "?" + storage.string($0) } ?? text
    }

    /// What follows the first `?`, undecoded; nil without one.
    package var query: String? { storage.request.query.map { storage.string($0) } }

    /// The parameters of the query, decoded.
    package var queryItems: QueryItems {
        guard let range = storage.request.query else { return QueryItems([]) }
        return storage.withBytes(range) { QueryItems(form: $0, limit: .max) } ?? QueryItems([])
    }

    package subscript(_ name: HeaderName) -> String? { headers[name] }
    package func all(_ name: HeaderName) -> [String] { headers.all(name) }
    package func has(_ name: HeaderName, token: StaticString) -> Bool { headers.has(name, token: token) }
}

/// What the parser found out about a request, besides its fields. Numbers only, so that copies are cheap.
struct RequestSummary {
    var method = 0..<0
    var methodSlot = UInt8.max
    var version = HTTPVersion.http11
    var flags: HeadFlags = []
    var contentLength = 0
    var target = 0..<0
    var path = 0..<0
    var query: Range<Int>?

    func has(_ flag: HeadFlags) -> Bool { flags.contains(flag) }

    var framing: BodyFraming {
        if flags.contains(.chunked) { return .chunked }
        return contentLength > 0 ? .length(contentLength) : .none
    }
}

struct ResponseSummary {
    var status = HTTPStatus.ok
    var version = HTTPVersion.http11
    var framing = BodyFraming.none
    var keepsAlive = false
}

/// What the fields of a head say about its connection and its content.
struct HeadFlags: OptionSet {
    let rawValue: UInt16
    static let host = HeadFlags(rawValue: 1)
    static let contentLength = HeadFlags(rawValue: 2)
    static let chunked = HeadFlags(rawValue: 4)
    static let close = HeadFlags(rawValue: 8)
    static let keepAlive = HeadFlags(rawValue: 16)
    static let connectionUpgrade = HeadFlags(rawValue: 32)
    static let upgrade = HeadFlags(rawValue: 64)
    static let expectsContinue = HeadFlags(rawValue: 128)
    static let keepsAlive = HeadFlags(rawValue: 256)
    static let wantsUpgrade = HeadFlags(rawValue: 512)
    static let escaped = HeadFlags(rawValue: 1024)
}
