import Testing
import TradewindHTTP
import TradewindHTTPServer

private func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: test\r\n\r\n" }

/// Requests that one turn of the loop finds are answered by one task as long as none of them waits for anything.
@Suite struct `Requests that come in the same turn` {
    /// Connections that have been served before, so that nothing is known against them.
    private func clients(_ count: Int, of site: Site) async throws -> [RawClient] {
        var clients: [RawClient] = []
        for _ in 0..<count {
            let client = try await site.connect()
            try await client.send(get("/"))
            _ = try await client.response()
            clients.append(client)
        }
        return clients
    }

    private let handler: @Sendable (Gate) -> Handler = { gate in
        { request in
            if request.path == "/wait" { await gate.wait() }
            return .text(request.path)
        }
    }

    /// 40 are more than share a task.
    @Test(arguments: [2, 40]) func `are answered in full though the first waits for something`(count: Int) async throws
    {
        let gate = Gate()
        try await withServer(handler(gate)) { site in
            let clients = try await clients(count, of: site)
            defer { for client in clients { client.close() } }
            // Sent in one breath: the loop that they share with the server reads nothing in between.
            for (index, client) in clients.enumerated() {
                try await client.send(get(index == 0 ? "/wait" : "/\(index)"))
            }
            for (index, client) in clients.enumerated().dropFirst() {
                #expect(try await client.response().body == "/\(index)")
            }
            gate.open()
            #expect(try await clients[0].response().body == "/wait")
        }
    }

    @Test func `are answered though the handler of the first is cancelled`() async throws {
        try await withServer({ request in
            if request.path == "/for-ever" { try await Task.sleep(for: .seconds(3600)) }
            return .text(request.path)
        }) { site in
            let clients = try await clients(20, of: site)
            for client in clients { try await client.send(get(client === clients[0] ? "/for-ever" : "/next")) }
            clients[0].reset()
            for client in clients.dropFirst() {
                #expect(try await client.response().body == "/next")
                client.close()
            }
        }
    }
}
