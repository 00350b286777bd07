import Synchronization
import Testing
import TradewindHTTP
import TradewindHTTPServer
import TradewindReactor

@Suite struct `A group of WebSockets` {
    @Test func `is sent the same, in order, compressed for those who can read that`() async throws {
        let group = WebSocketGroup()
        let long = String(repeating: "tick ", count: 2_000)
        let heard = try await withSockets { socket in
            group.add(socket)
            while try await socket.receive() != nil {}
        } _: { site in
            var chats: [Chat] = []
            for fields in ["", "Sec-WebSocket-Extensions: permessage-deflate\r\n", ""] {
                chats.append(try await Chat(site, fields: fields))
            }
            while group.count < 3 { await Task.yield() }
            group.send(WebSocketMessage(long))
            for number in 1...3 { group.send(WebSocketMessage("\(number)")) }
            var heard: [[String?]] = []
            for chat in chats {
                heard.append([
                    try await chat.text(), try await chat.text(), try await chat.text(), try await chat.text(),
                ])
                chat.leave()
            }
            return heard
        }
        #expect(heard == Array(repeating: [long, "1", "2", "3"], count: 3))
        #expect(group.count == 0)
    }

    @Test func `is left by those who leave, and by those who only remove themselves`() async throws {
        let group = WebSocketGroup()
        try await withSockets { socket in
            group.add(socket)
            group.add(socket)
            while let message = try await socket.receive() {
                if message.text == "out" { group.remove(socket) }
                try await socket.send(message)
            }
        } _: { site in
            let (stays, goes, removes) = (try await Chat(site), try await Chat(site), try await Chat(site))
            while group.count < 3 { await Task.yield() }
            goes.reset()
            try await removes.send("out")
            #expect(try await removes.text() == "out")
            while group.count > 1 { await Task.yield() }
            group.send(WebSocketMessage("news"))
            #expect(try await stays.text() == "news")
            try await removes.send("in")
            #expect(try await removes.text() == "in")
        }
    }

    @Test func `lets go of a client that is too slow, with 1013, and keeps the others`() async throws {
        let group = WebSocketGroup()
        var options = WebSocketOptions()
        options.queueLimit = 1 << 20
        try await withSockets(options) { socket in
            group.add(socket)
            while try await socket.receive() != nil {}
        } _: { site in
            let (slow, quick) = (try await Chat(site), try await Chat(site))
            while group.count < 2 { await Task.yield() }
            let tick = WebSocketMessage(.binary, (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) })
            for _ in 0..<100 {
                group.send(tick)
                #expect(try await quick.event() == .message(tick))
            }
            var last: WebSocketEvent?
            while let event = try await slow.event() {
                last = event
                if case .close = event { break }
            }
            #expect(last == .close(.tryAgainLater, reason: "too slow"))
        }
    }
}
