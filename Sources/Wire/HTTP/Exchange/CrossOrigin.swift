/// Lets pages of other origins call what `inner` answers (the Fetch standard's CORS protocol): answers preflights
/// itself and marks every other answer to a listed origin, errors included, for an unmarked one the page could not
/// read.
package struct CrossOrigin: Responder {
    private let inner: any Responder
    private let origins: Set<String>
    private let allowsAll: Bool

    /// `origins` as browsers spell them, in lower case and without a trailing slash; `*` is everyone.
    package init(_ origins: [String], around inner: any Responder) {
        (self.inner, self.origins, allowsAll) = (inner, Set(origins), origins.contains("*"))
    }

    package func handler(for request: inout Request) throws -> Handler {
        guard let origin = request[.origin] else { return varying(try inner.handler(for: &request)) }
        guard allowsAll || origins.contains(origin) else { return varying(try inner.handler(for: &request)) }
        if request.method == .options, let method = request[.accessControlRequestMethod] {
            return { request in preflight(method, of: request, from: origin) }
        }
        let handler: Handler
        do { handler = try inner.handler(for: &request) } catch let error as any ProblemConvertible {
            handler = { _ in throw error }
        }
        return { request in
            var response: Response
            do { response = try await handler(request) } catch let error as any ProblemConvertible {
                response = error.problem.response(to: request)
            }
            mark(&response, for: origin)
            return response
        }
    }

    /// What a shared cache keeps for a caller without an origin must not be given to one that has it.
    private func varying(_ handler: @escaping Handler) -> Handler {
        if allowsAll { return handler }
        return { request in
            var response = try await handler(request)
            response.headers.addVary("Origin")
            return response
        }
    }

    private func preflight(_ method: String, of request: Request, from origin: String) -> Response {
        var response = Response(.noContent)
        mark(&response, for: origin)
        response.headers[.accessControlAllowMethods] = method
        // What was asked for is what is granted: who may call is decided by origin and by token, not by field names.
        if let names = request[.accessControlRequestHeaders] { response.headers[.accessControlAllowHeaders] = names }
        response.headers[.accessControlMaxAge] = "600"
        response.headers.addVary("Access-Control-Request-Method")
        response.headers.addVary("Access-Control-Request-Headers")
        return response
    }

    /// What a page may read beside what it always may (Fetch, "CORS-safelisted response-header name").
    private static let exposed =
        "ETag, Link, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, "
        + "WWW-Authenticate, X-Request-Id"

    private func mark(_ response: inout Response, for origin: String) {
        response.headers[.accessControlAllowOrigin] = allowsAll ? "*" : origin
        response.headers[.accessControlExposeHeaders] = Self.exposed
        if !allowsAll { response.headers.addVary("Origin") }
    }
}
