/// What answers requests: a router, a handler, or a chain of middleware in front of one.
package protocol Responder: Sendable {
    func respond(to request: Request) async throws -> Response
}

package typealias Handler = @Sendable (Request) async throws -> Response

package struct HandlerResponder: Responder {
    private let handler: Handler
    package init(_ handler: @escaping Handler) { self.handler = handler }
    package func respond(to request: Request) async throws -> Response { try await handler(request) }
}

/// Something that happens around handlers: sees each request before, each answer after, or answers itself.
package protocol Middleware: Sendable {
    func respond(to request: Request, next: any Responder) async throws -> Response
}

extension Responder {
    /// Puts `middleware` around this responder; the first of the list is the outermost. Done once, at start.
    package func wrapped(in middleware: [any Middleware]) -> any Responder {
        middleware.reversed().reduce(self as any Responder) { Wrapped(outer: $1, inner: $0) }
    }
}

private struct Wrapped: Responder {
    let outer: any Middleware, inner: any Responder
    func respond(to request: Request) async throws -> Response { try await outer.respond(to: request, next: inner) }
}
