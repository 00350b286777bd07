import Testing
import TradewindHTTP
import TradewindHTTPServer
import TradewindTesting

@Suite struct `Hostile requests on a socket` {
    @Test func `get the documented answer and a closed connection, and the next client is served`() async throws {
        let wrong = try await withServer { site in
            var wrong: [String] = []
            for hostile in HostileRequest.all {
                let client = try await site.connect()
                // A refusal may come, and the connection close, before all of it is sent.
                try? await client.send(hostile.bytes)
                client.finishSending()
                let answer = try await client.readToEnd()
                client.close()
                if answer.status != Int(hostile.status) || answer.field("Connection") != "close" {
                    wrong.append("\(hostile): \(answer.prefix(12)) for \(hostile.status)")
                }
                let next = try await site.exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                if next.status != 200 { wrong.append("after \(hostile): \(next.status)") }
            }
            return wrong
        }
        #expect(HostileRequest.all.count >= 200)
        #expect(wrong == [])
    }

    @Test func `never turn into two requests, whatever a body pretends to be`() async throws {
        let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
        let paths = try await withServer({ request in
            _ = try? await request.body.collect()
            return .text(request.path)
        }) { site in
            [
                try await site.exchange(
                    "POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: \(smuggled.utf8.count)\r\n\r\n"
                        + smuggled),
                try await site.exchange(
                    "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                        + smuggled),
                try await site.exchange(
                    "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\n0\r\n\r\n" + smuggled),
            ]
        }
        #expect(paths[0].hasSuffix("/a"))
        #expect(paths.allSatisfy { !$0.contains("/smuggled") })
    }
}
