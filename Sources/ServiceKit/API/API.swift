package import TradewindHTTP
internal import TradewindJSON

/// All that a service can be asked.
package struct API: Sendable {
    package let title: String
    package let endpoints: [Endpoint]
    let summary: String

    package init(_ title: String, _ summary: String, @Builder _ endpoints: () -> [Endpoint]) {
        (self.title, self.summary, self.endpoints) = (title, summary, endpoints())
    }

    @resultBuilder package enum Builder {
        package static func buildExpression(_ endpoint: Endpoint) -> [Endpoint] { [endpoint] }
        package static func buildExpression(_ endpoints: [Endpoint]) -> [Endpoint] { endpoints }
        package static func buildBlock(_ parts: [Endpoint]...) -> [Endpoint] { parts.flatMap(\.self) }
    }

    /// The endpoints as routes, and the document with its page.
    package func routes(_ edge: Edge, version: String) -> [Route] {
        let document = document(version: version).serialized()
        let place = Route.get(DocsPage.document) { _ in .bytes(document, .json) }
        return routes(edge) + [place] + DocsPage.routes
    }

    /// The endpoints alone.
    package func routes(_ edge: Edge) -> [Route] { endpoints.map { $0.route(edge) } }
}

extension Endpoint {
    func route(_ edge: Edge) -> Route {
        let (access, handle, isSecret) = (access, handle, isSecret)
        return Route(method, template, bodyLimit: bodyLimit) { request in
            var call: Call?
            do {
                let admitted = try edge.admit(request, access)
                call = admitted
                var response = try await handle(admitted)
                if isSecret { response.headers[.cacheControl] = "no-store" }
                return response
            } catch {
                throw Problem(error, of: call) ?? error
            }
        }
    }
}
