internal import TradewindCQRS
internal import TradewindHTTP
internal import TradewindHTTPClient
internal import TradewindHTTPServer
internal import TradewindObservability

/// Passes a request on and its answer back, piece by piece, and no faster than the other side takes it.
struct Proxy: Sendable {
    let client: HTTPClient
    let door: Door
    let fields: ForwardedFields
    let tracer: Tracer
    let cache: ResponseCache

    /// Larger bodies are passed on while they come.
    private static let smallBody = 16 << 10

    func routes(for route: GatewayRoute, to upstream: Upstream) -> [Route] {
        GatewayRoute.methods.flatMap { method in
            [route.prefix, route.prefix + "/*rest"].map { template in
                let access = route.access(by: method), length = template.utf8.count
                return Route(method, template, bodyLimit: route.bodyLimit, label: route.prefix + "/*") { request in
                    let visitor = try await door.admit(request, to: access)
                    // Below a base path the template is longer than ours, and the service knows nothing of it.
                    let base = (request.parameters?.template.text.utf8.count ?? length) - length
                    var response = try await pass(request, from: visitor, to: upstream, base)
                    visitor.mark(&response)
                    return response
                }
            }
        }
    }

    private func pass(
        _ request: Request, from visitor: Visitor, to upstream: Upstream, _ base: Int
    ) async throws -> Response {
        let target = request.head.forwardedTarget(droppingFirst: base)
        let place = ResponseCache.Place(backend: upstream.backend, target: target)
        let finding = cache.find(request, at: place)
        if case .fresh(let entry) = finding { return cache.response(entry, to: request) }
        let body = try await body(of: request)
        let span = tracer.open(.client, "\(request.method) \(upstream.backend.rawValue)")
        var ask = ClientRequest(
            request.method, upstream.instances[0].origin, target: target,
            headers: fields.headers(for: request, from: visitor, span), body: body)
        var dropped = fields.dropped
        if case .stale(_, let tag) = finding {
            dropped = dropped.union([.ifNoneMatch])
            ask.headers.add(.ifNoneMatch, tag.field)
        }
        ask.forwarded = ForwardedHeaders(request.head.headers, dropping: dropped)
        if request.head.wantsUpgrade, request.head.has(.upgrade, token: "websocket") { ask.upgrade = "websocket" }
        do {
            let (answer, instance) = try await upstream.send(ask, by: client)
            span?.end(hasFailed: answer.status.code >= 500)
            if case .stale(let entry, _) = finding, answer.status == .notModified {
                let renewed = cache.renew(entry, by: answer, to: request, of: visitor.caller, at: place)
                return cache.response(renewed, to: request)
            }
            let response = response(answer, from: instance, to: request)
            if request.method == .get {
                cache.offer(answer, to: request, of: visitor.caller, at: place, headers: response.headers)
            } else if !request.method.isSafe, answer.status.code < 400 {
                cache.forget(place)
            }
            return response
        } catch {
            span?.end(hasFailed: true)
            throw error
        }
    }

    // MARK: There

    private func body(of request: Request) async throws -> ClientRequestBody {
        let body = request.body
        guard let length = body.length else { return .stream(length: nil) { try await Self.copy(body, to: $0) } }
        if length == 0 { return .none }
        guard length <= body.limit else { throw BodyError.tooLarge(limit: body.limit) }
        guard length <= Self.smallBody else {
            return .stream(length: length) { try await Self.copy(body, to: $0) }
        }
        // A small one is taken whole, so that no slow client holds a connection to a service, and can be sent twice.
        var bytes: [UInt8] = [], chunks = body.chunks()
        while let chunk = try await chunks.next() { bytes = bytes.isEmpty ? chunk : bytes + chunk }
        return .bytes(bytes)
    }

    private static func copy(_ body: RequestBody, to writer: BodyWriter) async throws {
        var chunks = body.chunks()
        while let chunk = try await chunks.next() { try await writer.write(chunk) }
    }

    // MARK: And back

    /// What the server writes itself, beside what is about the connection.
    private static let dropped = HeaderNames.ofConnection.union([.xRequestID])

    private func response(_ answer: ClientResponse, from instance: Instance, to request: Request) -> Response {
        var headers = HTTPHeaders(forwarding: answer.headers, dropping: Self.dropped)
        if let stream = answer.upgraded {
            headers.add(.upgrade, "websocket")
            let stay = Stay(at: instance)
            return .tunnel(headers) { tunnel in
                await Self.join(tunnel, stream)
                withExtendedLifetime(stay) {}
            }
        }
        var response = Response(answer.status, headers: headers)
        if request.method == .head {
            // The length of what a GET would have got; nothing comes.
            let length = answer[.contentLength].flatMap { Int($0) }
            response.body = .stream(length: length) { _ in }
        } else if let whole = answer.body.whole {
            response.body = whole.isEmpty ? .empty : .bytes(whole)
        } else {
            let stay = Stay(at: instance)
            response.body = .stream(length: answer.body.length) { writer in
                for try await piece in answer.body.pieces() { try await writer.write(piece) }
                withExtendedLifetime(stay) {}
            }
        }
        return response
    }

    /// Bytes both ways until one side ends.
    private static func join(_ tunnel: Tunnel, _ stream: UpgradedStream) async {
        await withTaskGroup { group in
            group.addTask {
                while let bytes = await tunnel.read() { guard (try? await stream.write(bytes)) != nil else { break } }
                stream.close()
            }
            group.addTask {
                while let bytes = try? await stream.read() { guard await tunnel.write(bytes) else { break } }
                tunnel.cut()
            }
        }
    }
}
