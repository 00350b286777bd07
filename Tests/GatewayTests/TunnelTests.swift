import Gateway
import Testing
import TradewindHTTP
import TradewindHTTPClient
import TradewindHTTPServer
import TradewindTesting

@Suite struct `A WebSocket through the gateway` {
    private func withChat(_ body: @escaping @Sendable (Front) async throws -> Void) async throws {
        try await withServer { request in
            try .webSocket(request) { socket in
                while let message = try await socket.receive() { try await socket.send(message) }
            }
        } _: { service in
            try await Front.open(at: [service.url]) { try await body($0) }
        }
    }

    @Test(arguments: [10, 200_000]) func `carries messages both ways, and the end`(size: Int) async throws {
        try await withChat { front in
            let socket = try await front.client.webSocket("\(front.url)/api/orders/chat")
            let text = String(repeating: "x", count: size)
            for _ in 0..<3 {
                try await socket.send(text)
                let back = try await socket.receive()
                #expect(back?.bytes == Array(text.utf8))
            }
            #expect(front.gateway.upstreams[0].instances[0].outstanding == 1)
            await socket.close()
            let outcome = await socket.outcome()
            #expect(outcome?.isClean == true)
            try await eventually { front.gateway.upstreams[0].instances[0].outstanding == 0 }
        }
    }

    @Test func `ends when the client is gone`() async throws {
        try await withChat { front in
            do {
                let socket = try await front.client.webSocket("\(front.url)/api/orders/chat")
                try await socket.send("hello")
            }
            try await eventually { front.gateway.upstreams[0].instances[0].outstanding == 0 }
        }
    }

    @Test func `that the service refuses is refused as it says`() async throws {
        try await withServer { _ in
            throw Problem(.forbidden)
        } _: { service in
            try await Front.open(at: [service.url]) { front in
                await #expect(throws: ClientError.upgradeRefused(.forbidden)) {
                    _ = try await front.client.webSocket("\(front.url)/api/orders/chat")
                }
            }
        }
    }
}
