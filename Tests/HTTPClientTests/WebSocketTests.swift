import Synchronization
import Testing
import TradewindHTTP
import TradewindHTTPClient
import TradewindHTTPServer
import TradewindTesting

/// The server's end of a WebSocket over a scripted peer.
private struct ServerEnd {
    let caller: RawConnection
    let agreement: WebSocketServerHandshake

    /// Answers the opening request.
    init(_ caller: RawConnection, subprotocols: [String] = [], mayCompress: Bool = true) async throws {
        self.caller = caller
        let lines = try await caller.head().split(separator: "\r\n").dropFirst()
        let fields = Dictionary(
            lines.compactMap { line in
                line.firstRange(of: ": ").map { (line[..<$0.lowerBound].lowercased(), String(line[$0.upperBound...])) }
            }, uniquingKeysWith: { "\($0), \($1)" })
        agreement = try WebSocketServerHandshake(
            method: "GET", isHTTP11: true, subprotocols: subprotocols, mayCompress: mayCompress
        ) { fields[$0.lowercased()] }
        let answer = agreement.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        try await caller.send("HTTP/1.1 101 Switching Protocols\r\n\(answer)\r\n")
    }

    /// Echoes messages and answers pings and the close, as servers do.
    func echo() async throws {
        var parser = WebSocketParser(.server, deflate: agreement.deflate)
        var writer = WebSocketWriter(deflate: agreement.deflate)
        var deflater = try Deflater.forMessages()
        while true {
            let bytes = try await caller.some()
            var offset = 0
            while let event = parser.next(in: bytes.span, at: &offset) {
                var output: [UInt8] = []
                switch event {
                case .message(let message):
                    writer.append(message.kind, message.bytes.span, to: &output, sharing: &deflater)
                case .ping(let payload): writer.appendPong(payload, to: &output)
                case .pong: break
                case .close(let code, _):
                    writer.appendClose(code, to: &output)
                    return try await caller.send(output)
                case .violation(let violation):
                    Issue.record("\(violation)")
                    return
                }
                try await caller.send(output)
            }
        }
    }

    /// The next frame's opcode and what it says, of clients that send nothing large.
    func frame() async throws -> (opcode: UInt8, payload: [UInt8]) {
        let head = try await caller.bytes(6)
        let payload = try await caller.bytes(Int(head[1] & 0x7F))
        return (head[0] & 15, payload.indices.map { payload[$0] ^ head[2 + $0 % 4] })
    }
}

@Suite struct `A WebSocket` {
    private func withSocket(
        options: ClientWebSocketOptions = ClientWebSocketOptions(),
        _ serve: @escaping @Sendable (ServerEnd) async throws -> Void,
        _ body: @escaping @Sendable (ClientWebSocket) async throws -> Void
    ) async throws {
        try await withPeer {
            try await serve(ServerEnd($0, subprotocols: ["two"]))
        } _: { url, _ in
            try await withClient { client in
                try await body(try await client.webSocket(url.replacing("http:", with: "ws:"), options: options))
                try await eventually { await client.connections() == (idle: 0, busy: 0) }
            }
        }
    }

    @Test(arguments: [true, false]) func `echoes messages of any size`(isCompressed: Bool) async throws {
        var options = ClientWebSocketOptions()
        if !isCompressed { options.deflate = nil }
        try await withSocket(options: options) {
            try await $0.echo()
        } _: { socket in
            #expect((socket.deflate != nil) == isCompressed)
            for size in [0, 1, 125, 126, 65_535, 65_536, 3_000_000] {
                let message = WebSocketMessage(.binary, (0..<size).map { UInt8(truncatingIfNeeded: $0 * $0) })
                async let sent: Void = socket.send(message)
                let back = try await socket.receive()
                try await sent
                #expect(back == message)
            }
            await socket.close()
            let outcome = try #require(await socket.outcome())
            #expect(outcome.code == .normal && outcome.closedBy == .local && outcome.isClean)
        }
    }

    @Test func `agrees on a subprotocol`() async throws {
        var options = ClientWebSocketOptions()
        options.subprotocols = ["one", "two"]
        try await withSocket(options: options) {
            try await $0.echo()
        } _: { socket in
            #expect(socket.subprotocol == "two")
            await socket.close()
        }
    }

    @Test func `keeps messages whole when many tasks send`() async throws {
        try await withSocket {
            try await $0.echo()
        } _: { socket in
            try await withThrowingTaskGroup { group in
                for task in 0..<20 {
                    group.addTask {
                        for _ in 0..<10 {
                            try await socket.send(
                                String(repeating: String(UnicodeScalar(UInt8(65 + task))), count: 50_000))
                        }
                    }
                }
                for _ in 0..<200 {
                    let message = try #require(try await socket.receive())
                    #expect(message.bytes.count == 50_000 && Set(message.bytes).count == 1)
                }
                try await group.waitForAll()
            }
            await socket.close()
        }
    }

    @Test func `answers pings while it receives`() async throws {
        try await withSocket { server in
            var output: [UInt8] = []
            WebSocketWriter().appendPing(Array("are you there".utf8), to: &output)
            try await server.caller.send(output)
            let pong = try await server.frame()
            #expect(pong == (10, Array("are you there".utf8)))
        } _: { socket in
            await #expect(throws: ClientError.connectionClosed) { try await socket.receive() }
        }
    }

    @Test func `knows whether the other side answers pings`() async throws {
        try await withSocket {
            try await $0.echo()
        } _: { socket in
            let reader = Task { try await socket.receive() }
            let isAlive = try await socket.ping(within: .seconds(60))
            #expect(isAlive)
            await socket.close()
            let last = try await reader.value
            #expect(last == nil)
        }
        try await withSocket {
            try await $0.caller.end()
        } _: { socket in
            let isAlive = try await socket.ping(within: .milliseconds(20))
            #expect(!isAlive)
        }
    }

    @Test func `closes when the server does`() async throws {
        try await withSocket { server in
            var output: [UInt8] = []
            WebSocketWriter().appendClose(.goingAway, reason: "restart", to: &output)
            try await server.caller.send(output)
            let answer = try await server.frame()
            #expect(answer == (8, [0x03, 0xE9]))
        } _: { socket in
            #expect(try await socket.receive() == nil)
            let outcome = try #require(await socket.outcome())
            #expect(outcome.code == .goingAway && outcome.closedBy == .remote && outcome.isClean)
            await #expect(throws: ClientError.connectionClosed) { try await socket.send("too late") }
            #expect(try await socket.receive() == nil)
        }
    }

    @Test(arguments: [true, false]) func `does not wait forever for the server's part of closing`(
        isReading: Bool
    ) async throws {
        var options = ClientWebSocketOptions()
        options.closeTimeout = .milliseconds(30)
        try await withSocket(options: options) {
            try await $0.caller.silence()
        } _: { socket in
            let reader = isReading ? Task { try await socket.receive() } : nil
            if isReading { await Task.yield() }
            await socket.close()
            if let reader { _ = await reader.result }
            #expect(await socket.outcome()?.isClean != true)
        }
    }

    @Test func `that breaks off is an error`() async throws {
        try await withSocket { _ in
        } _: { socket in
            await #expect(throws: ClientError.connectionClosed) { try await socket.receive() }
            #expect(await socket.outcome()?.code == .abnormal)
        }
    }

    @Test func `closes on a server that breaks the protocol, and says why`() async throws {
        try await withSocket { server in
            try await server.caller.send([0x81, 0x80, 1, 2, 3, 4])  // masked, which only clients do
            let answer = try await server.frame()
            #expect(answer == (8, [0x03, 0xEA]))
        } _: { socket in
            await #expect(throws: ClientError.webSocketViolation(.maskForbidden)) { try await socket.receive() }
        }
    }

    @Test func `refuses a message that is too long`() async throws {
        var options = ClientWebSocketOptions()
        options.messageLimit = 1000
        try await withSocket(options: options) {
            try? await $0.echo()
        } _: { socket in
            try await socket.send(String(repeating: "a", count: 1001))
            await #expect(throws: ClientError.webSocketViolation(.messageTooLong)) { try await socket.receive() }
        }
    }

    @Test func `and our own server understand each other`() async throws {
        let handler: Handler = { request in
            try .webSocket(request) { socket in
                while let message = try await socket.receive() { try await socket.send(message) }
            }
        }
        try await withServer(handler) { address in
            try await withClient { client in
                let socket = try await client.webSocket("ws://\(address)/")
                #expect(socket.deflate != nil)
                for size in [0, 5, 70_000] {
                    let message = WebSocketMessage(String(repeating: "é", count: size))
                    try await socket.send(message)
                    #expect(try await socket.receive() == message)
                }
                let reader = Task { try await socket.receive() }
                let isAlive = try await socket.ping(within: .seconds(60))
                #expect(isAlive)
                await socket.close()
                let last = try await reader.value
                #expect(last == nil)
                #expect(await socket.outcome()?.isClean == true)
            }
        }
    }

    @Test func `is not opened where none is served`() async throws {
        try await withServer({ _ in .text("no") }) { address in
            try await withClient { client in
                await #expect(throws: ClientError.upgradeRefused(.ok)) {
                    try await client.webSocket("ws://\(address)/")
                }
                let text = try await client.get(address.url).text
                #expect(text == "no")
            }
        }
    }

    @Test func `is not opened by an answer to another question`() async throws {
        try await withPeer { caller in
            try await caller.head()
            try await caller.send(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
            try await caller.silence()
        } _: { url, _ in
            try await withClient { client in
                await #expect(throws: ClientError.webSocketRefused(.acceptKeyWrong)) { try await client.webSocket(url) }
                try await eventually { await client.connections() == (idle: 0, busy: 0) }
            }
        }
    }

    @Test func `that is dropped is cut`() async throws {
        try await withSocket {
            try await $0.caller.end()
        } _: { _ in
        }
    }
}

@Suite struct `A connection that leaves HTTP` {
    @Test func `carries bytes both ways`() async throws {
        try await withPeer { caller in
            let head = try await caller.head()
            #expect(head.contains("Upgrade: echo\r\n") && head.contains("Connection: Upgrade\r\n"))
            try await caller.send(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nfirst")
            while true { try await caller.send(try await caller.some()) }
        } _: { url, _ in
            try await withClient { client in
                var request = try ClientRequest(.get, url)
                request.upgrade = "echo"
                let stream = try #require(try await client.send(request).upgraded)
                #expect(try await stream.read() == Array("first".utf8))
                try await stream.write(Array("hello".utf8))
                #expect(try await stream.read() == Array("hello".utf8))
                stream.close()
                await #expect(throws: ClientError.connectionClosed) { try await stream.read() }
                #expect(await client.connections() == (idle: 0, busy: 0))
            }
        }
    }
}
