import Testing
import TradewindHTTP
import TradewindHTTPClient
import TradewindReactor
import TradewindTesting

@Suite struct `Redirects` {
    /// `/302?to=/x` redirects with that status; everything else says what it was asked.
    private let handler: Handler = { request in
        if let code = UInt16(request.path.dropFirst()), let to = request.head.queryItems["to"] {
            return Response(HTTPStatus(code), headers: [.location: to])
        }
        if request.path == "/endless" { return Response(.found, headers: [.location: "/endless"]) }
        let body = String(decoding: try await request.body.collect(), as: UTF8.self)
        return .text("\(request.method) \(request.head.target) \(request[.authorization] ?? "-") \(body)")
    }

    private func send(
        _ method: HTTPMethod, _ path: String, most: Int? = 5, body: ClientRequestBody = .none
    ) async throws -> (HTTPStatus, String) {
        try await withServer(handler) { address in
            try await withClient { client in
                var request = try ClientRequest(method, address.url + path, headers: [.authorization: "me"], body: body)
                if let most { request.redirects = .followed(most: most) }
                let response = try await client.send(request)
                return (response.status, try await response.text)
            }
        }
    }

    @Test func `are answers unless somebody asks to follow them`() async throws {
        #expect(try await send(.get, "/302?to=/x", most: nil) == (.found, ""))
    }

    @Test(
        arguments: [
            (301, .get, "GET /x me "), (302, .get, "GET /x me "), (303, .get, "GET /x me "), (307, .get, "GET /x me "),
            (301, .post, "GET /x me "), (302, .post, "GET /x me "), (303, .post, "GET /x me "),
            (307, .post, "POST /x me data"), (308, .post, "POST /x me data"), (303, .put, "GET /x me "),
            (301, .put, "PUT /x me data"), (302, .put, "PUT /x me data"),
        ] as [(Int, HTTPMethod, String)])
    func `keep or change the method by their status`(code: Int, method: HTTPMethod, expected: String) async throws {
        let body = method == .get ? ClientRequestBody.none : .bytes(Array("data".utf8))
        #expect(try await send(method, "/\(code)?to=/x", body: body) == (.ok, expected))
    }

    @Test func `with a body that cannot be sent again are answers`() async throws {
        let body = ClientRequestBody.stream(length: 4) { try await $0.write("data") }
        #expect(try await send(.post, "/307?to=/x", body: body).0 == .temporaryRedirect)
        #expect(try await send(.post, "/303?to=/x", body: body) == (.ok, "GET /x me "))
    }

    @Test func `have an end`() async throws {
        await #expect(throws: ClientError.tooManyRedirects(limit: 3)) { try await send(.get, "/endless", most: 3) }
    }

    @Test func `to nowhere are errors`() async throws {
        await #expect(throws: ClientError.unfollowableRedirect("ftp://other/")) {
            try await send(.get, "/302?to=ftp://other/")
        }
    }

    @Test func `tell another server no secrets`() async throws {
        try await withServer(handler) { other in
            let answer = try await send(.get, "/302?to=\(other.url)/x")
            #expect(answer == (.ok, "GET /x - "))
        }
    }
}
