import Testing
import TradewindHTTP
import TradewindHTTPClient
import TradewindTesting

@Suite struct `Compressed content` {
    private let handler: Handler = { request in
        let text = [UInt8](repeating: 0x61, count: 100_000)
        guard request[.acceptEncoding] == "gzip" else { return .bytes(text, .text) }
        var response = Response.bytes(try gzip(text.span), .text)
        if request.path == "/broken" { response = .bytes(Array("no gzip at all".utf8), .text) }
        if request.path == "/cut", case .bytes(let bytes) = response.body { response.body = .bytes(bytes.dropLast(9)) }
        response.headers[.contentEncoding] = "gzip"
        return response
    }

    private func get(_ path: String, decompresses: Bool, limit: Int = 1 << 20) async throws -> [UInt8] {
        try await withServer(handler) { address in
            var settings = ClientSettings()
            settings.limits.content = limit
            return try await withClient(settings) { client in
                var request = try ClientRequest(.get, address.url + path)
                request.decompresses = decompresses
                return try await client.send(request).bytes
            }
        }
    }

    @Test func `is asked for and decoded only on demand`() async throws {
        #expect(try await get("/", decompresses: true) == [UInt8](repeating: 0x61, count: 100_000))
        #expect(try await get("/", decompresses: false) == [UInt8](repeating: 0x61, count: 100_000))
    }

    @Test func `that is not there is no broken one`() async throws {
        try await withServer(handler) { address in
            try await withClient { client in
                var request = try ClientRequest(.head, address.url)
                request.decompresses = true
                let response = try await client.send(request)
                #expect(response[.contentEncoding] == "gzip")
                #expect(try await response.bytes == [])
            }
        }
    }

    @Test func `a proxy gets the bytes as they are`() async throws {
        try await withServer(handler) { address in
            try await withClient { client in
                let response = try await client.get(address.url, headers: [.acceptEncoding: "gzip"])
                #expect(response[.contentEncoding] == "gzip")
                let bytes = try await response.bytes
                #expect(bytes.count < 1000)
                #expect(try gunzip(bytes.span, limit: 200_000).count == 100_000)
            }
        }
    }

    @Test func `never grows beyond the limit`() async throws {
        #expect(try await get("/", decompresses: true, limit: 100_000).count == 100_000)
        await #expect(throws: ClientError.tooLarge(limit: 99_999)) {
            try await get("/", decompresses: true, limit: 99_999)
        }
    }

    @Test func `never grows beyond the limit when it is taken in pieces either`() async throws {
        try await withServer(handler) { address in
            var settings = ClientSettings()
            settings.limits.content = 99_999
            try await withClient(settings) { client in
                var request = try ClientRequest(.get, address.url)
                request.decompresses = true
                var pieces = try await client.send(request).body.pieces()
                await #expect(throws: ClientError.tooLarge(limit: 99_999)) {
                    while try await pieces.next() != nil {}
                }
            }
        }
    }

    @Test(arguments: ["/broken", "/cut"]) func `that is damaged is an error`(path: String) async throws {
        await #expect(throws: ClientError.corruptContent) { try await get(path, decompresses: true) }
    }
}
