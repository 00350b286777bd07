internal import TradewindCQRS
internal import TradewindHTTP
package import TradewindHTTPClient
package import TradewindObservability

extension ClientRequest {
    /// Sends on whose request this is done for, so that the next service's log lines and spans belong to it. `span` is
    /// that of the call, when somebody opened one.
    package mutating func carry(_ scope: Scope? = .current, _ span: OpenSpan? = nil) {
        guard let scope else { return }
        let trace = span?.trace ?? scope.context
        headers[.xRequestID] = scope.request.description
        headers[.traceparent] = trace.parent
        headers[.tracestate] = trace.state
    }
}

extension HTTPClient {
    /// Sends a request on behalf of the one that is being answered: it carries its id and trace, and when somebody
    /// looks, a span says how long the other service took.
    package func send(_ request: ClientRequest, tracedBy tracer: Tracer) async throws -> ClientResponse {
        var request = request
        let span = tracer.open(.client, "\(request.method) \(request.origin)")
        request.carry(.current, span)
        do {
            let response = try await send(request)
            span?.end(hasFailed: response.status.code >= 500)
            return response
        } catch {
            span?.end(hasFailed: true)
            throw error
        }
    }
}
