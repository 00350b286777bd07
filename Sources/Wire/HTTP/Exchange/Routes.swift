/// One thing a service answers: a method, a path template, and what to do.
package struct Route: Sendable {
    package let method: HTTPMethod
    package let template: String
    let handler: Handler
    /// What the body may have at most, where the server's limit is not the right one.
    let bodyLimit: Int?
    /// What metrics and logs call it, where that is not its template.
    package let label: String

    package init(
        _ method: HTTPMethod, _ template: String, bodyLimit: Int? = nil, label: String? = nil,
        _ handler: @escaping Handler
    ) {
        (self.method, self.template, self.bodyLimit, self.handler) = (method, template, bodyLimit, handler)
        self.label = label ?? template
    }

    /// The same route below a path, which starts with a slash and ends without one.
    package func mounted(below path: String) -> Route {
        Route(method, template == "/" ? path : path + template, bodyLimit: bodyLimit, label: label, handler)
    }

    /// The same route with something around its handler.
    package func wrapped(in middleware: Middleware) -> Route {
        Route(method, template, bodyLimit: bodyLimit, label: label, middleware(handler))
    }

    package static func get(_ template: String, _ handler: @escaping Handler) -> Route {
        Route(.get, template, handler)
    }

    package static func post(_ template: String, bodyLimit: Int? = nil, _ handler: @escaping Handler) -> Route {
        Route(.post, template, bodyLimit: bodyLimit, handler)
    }

    package static func put(_ template: String, bodyLimit: Int? = nil, _ handler: @escaping Handler) -> Route {
        Route(.put, template, bodyLimit: bodyLimit, handler)
    }

    package static func patch(_ template: String, bodyLimit: Int? = nil, _ handler: @escaping Handler) -> Route {
        Route(.patch, template, bodyLimit: bodyLimit, handler)
    }

    package static func delete(_ template: String, _ handler: @escaping Handler) -> Route {
        Route(.delete, template, handler)
    }
}

/// Finds the route of a request and has it answered there: 404 for an unknown path, 405 with `Allow` for a known path
/// and a wrong method. `OPTIONS` is answered for every path there is.
package struct Routes: Responder {
    private let router: Router
    private let routes: [Route]

    /// Throws when two routes could be taken for each other, with a sentence that names both.
    package init(_ routes: [Route]) throws(RouteError) {
        self.routes = routes
        router = try Router(routes.map { ($0.method, $0.template) })
    }

    package func handler(for request: inout Request) throws -> Handler {
        switch router.match(request.head) {
        case .found(let index, let parameters):
            request.parameters = parameters
            if let limit = routes[index].bodyLimit { request.body.limit = limit }
            return routes[index].handler
        case .wrongMethod(let allowed):
            let allow = (allowed + [.options]).map(\.description).joined(separator: ", ")
            if request.method == .options { return { _ in Response(.noContent, headers: [.allow: allow]) } }
            throw Problem(
                .methodNotAllowed, detail: "\(request.method) is not for this path", headers: [.allow: allow])
        case .notFound:
            if request.method == .options, request.head.target == "*" { return { _ in .noContent } }
            throw Problem(.notFound, detail: "nothing is at this path")
        }
    }
}
