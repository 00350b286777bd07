/// A request on its way through middleware to its handler. A value: what a middleware adds, those behind it see.
package struct Request: Sendable {
    package let head: RequestHead
    package let id: RequestID
    /// The address at the other end of the connection, which behind a proxy is the proxy's.
    package let peer: Peer
    package var body: RequestBody
    package var parameters: PathParameters?
    /// The template of the route that was found, for labels: never the raw path.
    package var route: String?

    package init(head: RequestHead, id: RequestID, peer: Peer, body: RequestBody) {
        (self.head, self.id, self.peer, self.body) = (head, id, peer, body)
    }

    package var method: HTTPMethod { head.method }
    package var path: String { head.path }
    package subscript(_ name: HeaderName) -> String? { head[name] }
}

/// Who is at the other end. Text is made only when somebody asks.
package struct Peer: Sendable {
    private let describe: @Sendable () -> String
    package init(_ describe: @escaping @Sendable () -> String) { self.describe = describe }
    package var host: String { describe() }
    package static let local = Peer { "127.0.0.1" }
}
