package import TradewindHTTP
internal import TradewindReactor

extension Response {
    /// Opens a WebSocket (RFC 6455) and gives it to `handler`, which has it until it returns: then it is closed with
    /// 1000, or with 1011 when it threw. A request that is none for a WebSocket gets the problem that says why.
    package static func webSocket(
        _ request: Request, _ options: WebSocketOptions = WebSocketOptions(),
        _ handler: @escaping @Sendable (WebSocket) async throws -> Void
    ) throws(Problem) -> Response {
        guard request.head.framing == .none else {
            throw Problem(.badRequest, detail: "A request for a WebSocket has no body.")
        }
        let handshake: WebSocketServerHandshake
        do {
            handshake = try WebSocketServerHandshake(
                method: request.method.name, isHTTP11: request.head.version == .http11,
                subprotocols: options.subprotocols, mayCompress: options.mayCompress,
                header: { name in
                    let values = request.head.all(HeaderName(stringLiteral: name))
                    return values.isEmpty ? nil : values.joined(separator: ", ")
                })
        } catch {
            throw Problem(
                HTTPStatus(UInt16(clamping: error.status)), code: "websocket", detail: error.reason,
                headers: HTTPHeaders(error.headers))
        }
        return Response(
            .switchingProtocols, headers: HTTPHeaders(handshake.headers),
            body: .upgrade(
                WebSocketUpgrade(request: request, deflate: handshake.deflate, options: options, handler: handler)))
    }
}

extension HTTPHeaders {
    fileprivate init(_ headers: [WebSocketHeader]) {
        self.init()
        for header in headers { add(HeaderName(stringLiteral: header.name), header.value) }
    }
}

/// What was agreed on, kept once for as long as the socket lives.
final class WebSocketUpgrade: ConnectionUpgrade {
    let deflate: PerMessageDeflate?
    let options: WebSocketOptions
    private let request: Request
    private let handler: @Sendable (WebSocket) async throws -> Void

    init(
        request: Request, deflate: PerMessageDeflate?, options: WebSocketOptions,
        handler: @escaping @Sendable (WebSocket) async throws -> Void
    ) {
        (self.request, self.deflate, self.options, self.handler) = (request, deflate, options, handler)
    }

    func run(on connection: HTTPConnection) async {
        let session = WebSocketSession(connection, self)
        connection.occupy(session)
        session.start()
        do {
            try await handler(WebSocket(session))
            session.close(.normal)
        } catch is WebSocketClosed {
            session.close(.normal)
        } catch is CancellationError {
            session.close(.goingAway)
        } catch {
            connection.server.observer.failed(error, request)
            session.close(.internalError)
        }
        await session.ended()
        connection.vacate()
        // A client that broke the rules may still be sending; it must not lose our reason to a reset.
        if session.outcome?.isClean == false { await connection.linger(upTo: 4 * session.messageLimit) }
    }
}
