/// What answers a request.
package typealias Handler = @Sendable (Request) async throws -> Response

/// Something that happens around a handler: sees each request before, each answer after, or answers itself. Applied
/// once, when the server is put together. Kept in no array: generic code would wrap the handler in thunks that every
/// request runs through.
package typealias Middleware = @Sendable (@escaping Handler) -> Handler

/// Finds who answers a request, noting in it what was learnt on the way. Finding never waits, so it is no `async` step
/// of its own: every such step costs a look at which executor the task prefers.
package protocol Responder: Sendable {
    func handler(for request: inout Request) throws -> Handler
}

/// One handler for everything.
package struct HandlerResponder: Responder {
    private let handler: Handler
    package init(_ handler: @escaping Handler) { self.handler = handler }
    package func handler(for request: inout Request) -> Handler { handler }
}
