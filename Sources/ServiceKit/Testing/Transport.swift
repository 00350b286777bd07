package import TradewindHTTP
internal import TradewindHTTPClient
internal import TradewindHTTPServer
internal import TradewindJSON
internal import TradewindLocks
internal import TradewindReactor

/// How a test reaches routes: straight, or over a socket through our server and client. One test body runs through both
/// by being given this as its argument.
package enum Transport: String, CaseIterable, Sendable {
    case inProcess, socket
}

/// Where a test sends its requests.
package struct TestSite: Sendable {
    private let perform: @Sendable (TestRequest) async throws -> TestResponse

    fileprivate init(_ perform: @escaping @Sendable (TestRequest) async throws -> TestResponse) {
        self.perform = perform
    }

    package func send(
        _ method: HTTPMethod, _ target: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []
    ) async throws -> TestResponse {
        try await perform(TestRequest(method: method, target: target, headers: headers, body: body))
    }

    package func get(_ target: String, headers: HTTPHeaders = HTTPHeaders()) async throws -> TestResponse {
        try await send(.get, target, headers: headers)
    }

    /// Sends `value` as JSON.
    package func post(
        _ target: String, json value: some Encodable, headers: HTTPHeaders = HTTPHeaders()
    ) async throws -> TestResponse {
        var headers = headers
        headers[.contentType] = "application/json"
        return try await send(.post, target, headers: headers, body: try JSON.encode(value))
    }
}

fileprivate struct TestRequest: Sendable {
    let method: HTTPMethod, target: String, headers: HTTPHeaders, body: [UInt8]
}

/// An answer, whole. What the server adds to every answer is there over a socket only.
package struct TestResponse: Sendable {
    package let status: HTTPStatus
    package let bytes: [UInt8]
    private let field: @Sendable (HeaderName) -> String?

    fileprivate init(_ status: HTTPStatus, _ bytes: [UInt8], field: @escaping @Sendable (HeaderName) -> String?) {
        (self.status, self.bytes, self.field) = (status, bytes, field)
    }

    package subscript(_ name: HeaderName) -> String? { field(name) }
    package var text: String { String(decoding: bytes, as: UTF8.self) }
    package func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSON.decode(type, from: bytes)
    }
}

extension Responder {
    /// Answers what `body` sends, through `transport`, on a loop of the test's own.
    package func serve<Result: Sendable>(
        via transport: Transport, _ body: @escaping @Sendable (TestSite) async throws -> Result
    ) async throws -> Result {
        switch transport {
        case .inProcess:
            return try await withLoop { _ in try await body(TestSite { try await answer($0) }) }
        case .socket:
            return try await withServer(self) { address in
                try await withClient { client in
                    try await body(TestSite { try await $0.send(to: address.url, through: client) })
                }
            }
        }
    }

    /// Answers where the one runs who asks.
    package var site: TestSite { TestSite { try await answer($0) } }

    /// What the server does between two sockets, without them.
    private func answer(_ sent: TestRequest) async throws -> TestResponse {
        var request = try sent.parsed()
        var response: Response
        do {
            response = try await handler(for: &request)(request)
        } catch {
            response = Problem(answering: error).response(to: request)
        }
        let bytes = try await response.body.collected()
        if let type = response.contentType { response.headers[.contentType] = type.description }
        return TestResponse(response.status, bytes) { [headers = response.headers] in headers[$0] }
    }
}

extension TestRequest {
    func send(to url: String, through client: HTTPClient) async throws -> TestResponse {
        let content = body.isEmpty ? ClientRequestBody.none : .bytes(body)
        let response = try await client.send(ClientRequest(method, url + target, headers: headers, body: content))
        return TestResponse(response.status, try await response.bytes) { [head = response.head] in head[$0] }
    }

    /// As a request, read from the text that a client would send.
    func parsed() throws -> Request {
        var text = Array("\(method) \(target) HTTP/1.1\r\nHost: test\r\n".utf8)
        for (name, value) in headers { text += Array("\(name): \(value)\r\n".utf8) }
        text += Array("Content-Length: \(body.count)\r\n\r\n".utf8)
        var parser = RequestHeadParser()
        guard case .head(let head, _) = parser.parse(text.span) else { throw DidNotHappen("a request from \(self)") }
        let id = RequestID(of: head) ?? .given("in-process")
        return Request(head: head, id: id, peer: .local, body: RequestBody(body))
    }
}

extension ResponseBody {
    fileprivate func collected() async throws -> [UInt8] {
        switch self {
        case .empty: return []
        case .text(let text): return Array(text.utf8)
        case .bytes(let bytes): return bytes
        case .stream(_, let write):
            let collector = Collector()
            try await write(BodyWriter(collector))
            return collector.bytes.withLock { $0 }
        case .upgrade: throw DidNotHappen("an upgrade without a connection")
        }
    }
}

private final class Collector: BodySink {
    let bytes = Lock<[UInt8]>([])
    func write(_ more: [UInt8]) async throws { bytes.withLock { $0 += more } }
}
