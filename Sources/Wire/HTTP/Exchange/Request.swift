/// A request on its way through middleware to its handler. A value: what a middleware adds, those behind it see.
package struct Request: Sendable {
    package let head: RequestHead
    package let id: RequestID
    /// The address at the other end of the connection, which behind a proxy is the proxy's.
    package let peer: Peer
    package var body: RequestBody
    /// Where the route's parameters stand in the path; nil until a router has found one.
    package var parameters: PathParameters?

    package init(head: RequestHead, id: RequestID, peer: Peer, body: RequestBody) {
        (self.head, self.id, self.peer, self.body) = (head, id, peer, body)
    }

    package var method: HTTPMethod { head.method }
    package var path: String { head.path }
    package subscript(_ name: HeaderName) -> String? { head[name] }

    /// The template of the route that was found, for labels: never the raw path.
    package var route: String? { parameters?.template.text }
    /// The decoded text of a parameter of the route. Nil for a name that the template lacks.
    package func parameter(_ name: String) -> String? { parameters?.value(name, in: head) }
}

/// Who is at the other end. Text is made only when somebody asks.
package struct Peer: Sendable {
    private let describe: @Sendable () -> String
    package init(_ describe: @escaping @Sendable () -> String) { self.describe = describe }
    package var host: String { describe() }
    package static let local = Peer { "127.0.0.1" }
}
