import Synchronization
import Testing
import TradewindHTTP
import TradewindHTTPServer
import TradewindReactor

@Suite struct `Opening a WebSocket` {
    @Test func `is answered with 101 and the proof that the key was read`() async throws {
        let head = try await withSockets(echoing) { try await Chat($0).head }
        #expect(head.status == 101)
        #expect(head.field("Upgrade") == "websocket")
        #expect(head.field("Connection") == "Upgrade")
        #expect(head.field("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(head.field("Content-Length") == nil && head.field("Sec-WebSocket-Extensions") == nil)
    }

    @Test func `settles on a subprotocol and on compression`() async throws {
        var options = WebSocketOptions()
        options.subprotocols = ["trades.v2", "trades.v1"]
        let head = try await withSockets(options, echoing) {
            try await Chat(
                $0,
                fields: "Sec-WebSocket-Protocol: trades.v1, trades.v2\r\n"
                    + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
            ).head
        }
        #expect(head.field("Sec-WebSocket-Protocol") == "trades.v1")
        #expect(head.field("Sec-WebSocket-Extensions")?.hasPrefix("permessage-deflate") == true)
    }

    @Test(
        arguments: [
            ("GET / HTTP/1.1\r\nHost: test\r\n\r\n", 426, "Upgrade"),
            (Chat.request.replacing("Version: 13", with: "Version: 12") + "\r\n", 426, "Upgrade"),
            (Chat.request.replacing("Sec-WebSocket-Key", with: "X-Key") + "\r\n", 400, nil),
            (Chat.request.replacing("GET", with: "POST") + "\r\n", 400, nil),
            (Chat.request + "Content-Length: 1\r\n\r\nx", 400, nil),
        ] as [(String, Int, String?)])
    func `is refused with the reason and the connection serves on`(
        request: String, status: Int, connection: String?
    ) async throws {
        let (answer, next) = try await withSockets(echoing) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send(request)
            let answer = try await client.response()
            try await client.send("GET /next HTTP/1.1\r\nHost: test\r\n\r\n")
            return (answer, try await client.response().head.status)
        }
        #expect(answer.head.status == status)
        #expect(answer.head.field("Connection") == connection)
        #expect(answer.head.field("Content-Type") == "application/problem+json")
        #expect(next == 426)
    }
}

@Suite struct `A WebSocket on the server` {
    @Test func `returns each message of every size, kind and coding in order`() async throws {
        let messages = [0, 1, 125, 126, 1023, 5000, 65_535, 65_536, 3_000_000].flatMap { size in
            WebSocketMessage.Kind.allCases.map { WebSocketMessage($0, Array(repeating: 0x61, count: size)) }
        }
        for fields in ["", "Sec-WebSocket-Extensions: permessage-deflate\r\n"] {
            let echoes = try await withSockets(echoing) { site in
                let chat = try await Chat(site, fields: fields)
                var echoes: [WebSocketEvent?] = []
                for message in messages {
                    try await chat.write(Chat.frame(message))
                    echoes.append(try await chat.event())
                }
                chat.leave()
                return echoes
            }
            #expect(echoes == messages.map { .message($0) })
        }
    }

    @Test func `reads what came right behind the request`() async throws {
        let echo = try await withSockets(echoing) { site in
            try await Chat(site, behind: Chat.frame(WebSocketMessage("early"))).text()
        }
        #expect(echo == "early")
    }

    @Test func `answers pipelined messages in order`() async throws {
        let count = 5_000
        let echoes = try await withSockets(echoing) { site in
            let chat = try await Chat(site)
            let all = (0..<count).flatMap { Chat.frame(WebSocketMessage("\($0)")) }
            async let sending: Void = chat.write(all)
            var echoes: [String?] = []
            for _ in 0..<count { echoes.append(try await chat.text()) }
            try await sending
            return echoes
        }
        #expect(echoes == (0..<count).map(String.init))
    }

    @Test func `is received from and sent to by tasks of any thread`() async throws {
        let echoes = try await withSockets { socket in
            try await Task.detached {
                while let message = try await socket.receive() {
                    try await withThrowingTaskGroup { group in
                        for _ in 0..<10 { group.addTask { try await socket.send(message) } }
                        try await group.waitForAll()
                    }
                }
            }.value
        } _: { site in
            let chat = try await Chat(site)
            var echoes: [String?] = []
            for number in 0..<20 {
                try await chat.send("\(number)")
                for _ in 0..<10 { echoes.append(try await chat.text()) }
            }
            return echoes
        }
        #expect(echoes == (0..<200).map { "\($0 / 10)" })
    }

    @Test func `refuses a second receiver and lets a cancelled one go`() async throws {
        let (report, reports) = AsyncStream<String>.makeStream()
        try await withSockets { socket in
            await withTaskGroup { group in
                for _ in 0..<2 {
                    group.addTask {
                        do { _ = try await socket.receive() } catch { reports.yield("\(type(of: error))") }
                    }
                }
                await group.next()
                group.cancelAll()
            }
            reports.finish()
        } _: { site in
            let chat = try await Chat(site)
            #expect(
                await report.reduce(into: []) { $0.append($1) } == ["WebSocketAlreadyReceiving", "CancellationError"])
            chat.leave()
        }
    }

    @Test func `answers pings whatever its handler is doing`() async throws {
        let pong = try await withSockets { _ in
            try await EventLoop.current?.sleep(for: .seconds(60))
        } _: { site in
            let chat = try await Chat(site)
            try await chat.ping("are you there?")
            return try await chat.event()
        }
        #expect(pong == .pong(Array("are you there?".utf8)))
    }

    @Test func `reads no more than its handler takes`() async throws {
        // The client can write on only as long as the kernel's buffers have room.
        let isStuck = try await withSockets { _ in
            try await EventLoop.current?.sleep(for: .seconds(60))
        } _: { site in
            let chat = try await Chat(site)
            let writing = Task(executorPreference: site.loop) {
                for _ in 0..<100 {
                    try await chat.write(Chat.frame(.init(.binary, [UInt8](repeating: 1, count: 1 << 20))))
                }
                return false
            }
            let giveUp = Task(executorPreference: site.loop) {
                try await EventLoop.current?.sleep(for: .milliseconds(200))
                chat.leave()
            }
            defer { giveUp.cancel() }
            return (try? await writing.value) ?? true
        }
        #expect(isStuck)
    }

    @Test func `goes on after its client's messages stop for a while`() async throws {
        let heard = try await withSockets(options { $0.pingInterval = .milliseconds(5) }, echoing) { site in
            let chat = try await Chat(site)
            let first = try await chat.event()
            try await chat.write([0x8A, 0x80, 0, 0, 0, 0])  // A pong.
            try await chat.send("still here")
            var next = try await chat.event()
            while case .ping = next { next = try await chat.event() }
            return [first, next]
        }
        #expect(heard == [.ping([]), .message(WebSocketMessage("still here"))])
    }

    @Test func `is given up when its client answers no ping`() async throws {
        let outcome = try await withSockets(
            options { ($0.pingInterval, $0.pongTimeout) = (.milliseconds(5), .milliseconds(10)) }, echoing
        ) { site in
            let chat = try await Chat(site)
            return [try await chat.event(), try await chat.event()]
        }
        #expect(outcome == [.ping([]), nil])
    }
}

@Suite struct `Closing a WebSocket` {
    @Test(arguments: [nil, .normal, .goingAway, WebSocketCloseCode(rawValue: 4321)])
    func `by the client is answered with its code, then the connection ends`(code: WebSocketCloseCode?) async throws {
        let events = try await withSockets(echoing) { site in
            let chat = try await Chat(site)
            try await chat.close(code)
            return [try await chat.event(), try await chat.event()]
        }
        #expect(events == [.close(code, reason: ""), nil])
    }

    @Test func `by the client right behind a message loses neither the message nor the answer to it`() async throws {
        let events = try await withSockets(echoing) { site in
            let chat = try await Chat(site)
            try await chat.send("last words")
            try await chat.close(.normal)
            return [try await chat.event(), try await chat.event()]
        }
        #expect(events == [.message(WebSocketMessage("last words")), .close(.normal, reason: "")])
    }

    @Test func `by the handler's end says 1000 and waits for the client's answer`() async throws {
        let events = try await withSockets {
            try await $0.send("bye")
        } _: { site in
            let chat = try await Chat(site)
            let said = [try await chat.event(), try await chat.event()]
            try await chat.close(.normal)
            return said + [try await chat.event()]
        }
        #expect(events == [.message(WebSocketMessage("bye")), .close(.normal, reason: ""), nil])
    }

    @Test func `by the handler's failure says 1011 and tells the server's owner`() async throws {
        struct Failure: Error {}
        let event = try await withSockets { _ in
            throw Failure()
        } _: {
            try await Chat($0).event()
        }
        #expect(event == .close(.internalError, reason: ""))
    }

    @Test func `does not wait forever for a client that never answers`() async throws {
        let events = try await withSockets(options { $0.closeTimeout = .milliseconds(5) }, { _ in }) { site in
            let chat = try await Chat(site)
            return [try await chat.event(), try await chat.event()]
        }
        #expect(events == [.close(.normal, reason: ""), nil])
    }

    @Test(
        arguments: [
            ([0xC1, 0x80, 0, 0, 0, 0], 1002), ([0x81, 0x01, 0x61], 1002), ([0x81, 0x81, 0, 0, 0, 0, 0xFF], 1007),
            ([0x82, 0xFF, 0, 0, 0, 0, 0x01, 0, 0, 1, 0, 0, 0, 0], 1009),
        ] as [([UInt8], UInt16)])
    func `says what the client did wrong`(frame: [UInt8], code: UInt16) async throws {
        let events = try await withSockets(echoing) { site in
            let chat = try await Chat(site)
            try await chat.write(frame)
            return [try await chat.event(), try await chat.event()]
        }
        #expect(events == [.close(WebSocketCloseCode(rawValue: code), reason: ""), nil])
    }

    @Test func `for a message that is too long reaches a client that is still sending it`() async throws {
        let event = try await withSockets(echoing) { site in
            let chat = try await Chat(site)
            try await chat.write(Chat.frame(.init(.binary, [UInt8](repeating: 7, count: 17 << 20))))
            return try await chat.event()
        }
        #expect(event == .close(.messageTooBig, reason: ""))
    }

    @Test func `cancels a handler that does not notice that its client is gone`() async throws {
        let ended = Ended()
        try await withSockets(options { $0.closeTimeout = .milliseconds(5) }, { _ in await ended.run() }) { site in
            let chat = try await Chat(site)
            chat.reset()
            await ended.wait()
        }
    }

    @Test func `by the server that stops says 1001`() async throws {
        let events = try await withSockets(echoing) { site in
            let chat = try await Chat(site)
            async let stopping: Void = site.server.stop(within: .seconds(30))
            let said = try await chat.event()
            try await chat.close(.goingAway)
            await stopping
            return [said, try await chat.event()]
        }
        #expect(events == [.close(.goingAway, reason: "the server stops"), nil])
    }

    @Test func `ends what sends and receives`() async throws {
        let (report, reports) = AsyncStream<String>.makeStream()
        try await withSockets { socket in
            let nothing = try await socket.receive()
            do { try await socket.send("late") } catch { reports.yield("\(nothing == nil) \(error)") }
            reports.finish()
        } _: { site in
            let chat = try await Chat(site)
            try await chat.close(.normal)
            for await report in report { #expect(report == "true WebSocketClosed()") }
        }
    }
}

private func options(_ set: (inout WebSocketOptions) -> Void) -> WebSocketOptions {
    var options = WebSocketOptions()
    set(&options)
    return options
}

extension String {
    func replacing(_ text: String, with other: String) -> String {
        let found = range(text)
        return found.isEmpty ? self : String(self[..<found.lowerBound]) + other + String(self[found.upperBound...])
    }
}
