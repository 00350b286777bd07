internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindHTTP
internal import TradewindHTTPClient
internal import TradewindObservability
internal import TradewindRuntime
internal import TradewindSecurity

/// What the gateway says to a service beside what the client said: whose request it is, where it comes from and in
/// whose trace it belongs.
struct ForwardedFields: Sendable {
    let identity: SignedIdentity
    let clockwork: Clockwork
    /// What a proxy in front of us says of the client is passed on; anybody else could say anything.
    let trustsForwarded: Bool

    private static let forwarding: [HeaderName] = [.forwarded, .xForwardedFor, .xForwardedHost, .xForwardedProto]
    private static let written: HeaderNames = HeaderNames(
        IdentityHeaders.stripped + [.xRequestID, .traceparent, .tracestate])

    /// What the client sent and the service must not see, or gets from us.
    var dropped: HeaderNames {
        trustsForwarded ? Self.droppedOfProxy : Self.droppedOfClient
    }
    private static let droppedOfProxy = HeaderNames.ofRequest.union(written)
    private static let droppedOfClient = droppedOfProxy.union(HeaderNames(forwarding))

    func headers(for request: Request, from visitor: Visitor, _ span: OpenSpan?) -> HTTPHeaders {
        var headers = HTTPHeaders()
        headers.reserveCapacity(512)
        let id = request.id.description
        headers.add(.xRequestID, id)
        if let scope = Scope.current {
            let trace = span?.trace ?? scope.context
            headers.add(.traceparent, trace.parent)
            if let state = trace.state { headers.add(.tracestate, state) }
        }
        if let text = identity.text(for: visitor.caller, request: id, at: clockwork.now()) {
            headers.add(IdentityHeaders.identity, text)
        }
        addOrigin(of: request, to: &headers)
        headers.add(.via, "1.1 tradewind")
        return headers
    }

    /// Beside what a trusted proxy has said, ours is the last element of each list (RFC 7239 §4).
    private func addOrigin(of request: Request, to headers: inout HTTPHeaders) {
        let peer = request.peer.host
        let host = request[.host] ?? ""
        headers.add(.xForwardedFor, peer)
        if !trustsForwarded || request[.xForwardedProto] == nil { headers.add(.xForwardedProto, "http") }
        if !trustsForwarded || request[.xForwardedHost] == nil, !host.isEmpty { headers.add(.xForwardedHost, host) }
        headers.add(.forwarded, joining: "for=", Self.node(peer), ";host=\"", host, "\";proto=http")
    }

    /// RFC 7239 §6: an address of IPv6 stands in brackets, and so in quotes.
    private static func node(_ address: String) -> String {
        address.utf8.contains(UInt8(ascii: ":")) ? "\"[\(address)]\"" : address
    }
}
