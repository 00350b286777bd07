import Testing
import TradewindHTTP

struct ParserCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let input: [UInt8]
    let events: [WebSocketEvent]

    init(_ name: String, _ input: [[UInt8]], _ events: WebSocketEvent...) {
        (testDescription, self.input, self.events) = (name, Array(input.joined()), events)
    }

    static let hello: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    /// RFC 6455 §5.7, as a client hears them.
    static let rfc: [Self] = [
        Self("unmasked text", [bytes("81 05 48656c6c6f")], .text("Hello")),
        Self("fragmented text", [bytes("01 03 48656c 80 02 6c6f")], .text("Hello")),
        Self("ping", [bytes("89 05 48656c6c6f")], .ping(Array("Hello".utf8))),
        Self(
            "256 bytes", [bytes("82 7e 0100"), samples[5].prefix(256).map { $0 }],
            .binary(Array(samples[5].prefix(256)))),
        Self(
            "65,536 bytes", [bytes("82 7f 0000000000010000"), Array(samples[4].prefix(65_536))],
            .binary(Array(samples[4].prefix(65_536)))),
    ]

    static let framing: [Self] = [
        Self("empty text", [frame(1)], .text("")),
        Self("empty binary", [frame(2)], .binary([])),
        Self(
            "125, 126 and 65,535 bytes", [125, 126, 65_535].map { frame(2, Array(repeating: 7, count: $0)) },
            .binary(Array(repeating: 7, count: 125)), .binary(Array(repeating: 7, count: 126)),
            .binary(Array(repeating: 7, count: 65_535))),
        Self(
            "many in one read", [frame(1, "a"), frame(9), frame(2, [1]), frame(10, "x")],
            .text("a"), .ping([]), .binary([1]), .pong([0x78])),
        Self("empty fragments", [frame(1, "", isFinal: false), frame(0, "", isFinal: false), frame(0)], .text("")),
        Self(
            "fragments of one byte", [frame(1, "a", isFinal: false), frame(0, "b", isFinal: false), frame(0, "c")],
            .text("abc")),
        Self(
            "control between fragments",
            [frame(1, "a", isFinal: false), frame(9, "p"), frame(10, "q"), frame(0, "b")],
            .ping([0x70]), .pong([0x71]), .text("ab")),
        Self(
            "close between fragments", [frame(1, "a", isFinal: false), frame(8), frame(0, "b")],
            .close(nil, reason: "")),
        Self("a ping of 125", [frame(9, samples[5].prefix(125).map { $0 })], .ping(Array(repeating: 0, count: 125))),
        Self("a ping of 126", [frame(9, Array(repeating: 0, count: 126))], .violation(.controlTooLong)),
        Self("a pong of 126", [frame(10, Array(repeating: 0, count: 126))], .violation(.controlTooLong)),
        Self("a close of 126", [frame(8, Array(repeating: 0, count: 126))], .violation(.controlTooLong)),
        Self("a fragmented ping", [frame(9, "p", isFinal: false), frame(0, "q")], .violation(.controlFragmented)),
        Self("a fragmented close", [frame(8, isFinal: false)], .violation(.controlFragmented)),
        Self("a stray continuation", [frame(0, "a")], .violation(.continuationUnexpected)),
        Self(
            "a stray continuation after a message", [frame(1, "a"), frame(0, "b", isFinal: false)],
            .text("a"), .violation(.continuationUnexpected)),
        Self("text inside text", [frame(1, "a", isFinal: false), frame(1, "b")], .violation(.messageInterleaved)),
        Self("binary inside text", [frame(1, "a", isFinal: false), frame(2, [1])], .violation(.messageInterleaved)),
        Self("a masked frame from a server", [frame(1, Array("a".utf8), key: hello)], .violation(.maskForbidden)),
        Self("nothing after a violation", [frame(3), frame(1, "a"), frame(8)], .violation(.reservedOpcode)),
        Self("nothing after a close", [frame(8), frame(1, "a"), frame(3)], .close(nil, reason: "")),
    ]

    static let lengths: [Self] = [
        Self("125 in two bytes", [bytes("82 7e 007d")], .violation(.lengthNotMinimal)),
        Self("0 in two bytes", [bytes("82 7e 0000")], .violation(.lengthNotMinimal)),
        Self("65,535 in eight bytes", [bytes("82 7f 000000000000ffff")], .violation(.lengthNotMinimal)),
        Self("the highest bit", [bytes("82 7f 8000000000000000")], .violation(.lengthOverflow)),
        Self("all bits", [bytes("82 7f ffffffffffffffff")], .violation(.lengthOverflow)),
        Self("the longest there is", [bytes("82 7f 7fffffffffffffff")], .violation(.messageTooLong)),
        Self("a ping of two length bytes", [bytes("89 7e 007d")], .violation(.lengthNotMinimal)),
    ]
}

@Suite struct `Hearing a WebSocket` {
    @Test(arguments: [ParserCase.rfc, ParserCase.framing, ParserCase.lengths].joined())
    func `frames become events, whatever the cuts`(_ example: ParserCase) {
        #expect(events(example.input, to: .client) == example.events)
    }

    @Test func `a server hears the masked examples of the RFC`() {
        let input = bytes("81 85 37fa213d 7f9f4d5158  8a 85 37fa213d 7f9f4d5158")
        #expect(events(input, to: .server) == [.text("Hello"), .pong(Array("Hello".utf8))])
    }

    @Test func `a client that does not mask is refused`() {
        #expect(events(frame(1, "a"), to: .server) == [.violation(.maskMissing)])
        #expect(events(frame(8), to: .server) == [.violation(.maskMissing)])
    }

    @Test(arguments: [0...130, 250...260, 4090...4100, 65_530...65_540])
    func `unmasking gives back every byte at every length`(lengths: ClosedRange<Int>) {
        var generator = SeededGenerator(seed: UInt64(lengths.lowerBound))
        for length in lengths {
            let payload = generator.bytes(length)
            var parser = WebSocketParser(.server)
            let input = frame(2, payload, key: generator.bytes(4))
            let middle = Int.random(in: 0...input.count, using: &generator)
            #expect(parser.events(in: input, cutAt: [middle]) == [.binary(payload)])
        }
    }

    @Test(arguments: [UInt8(0x10), 0x20, 0x40, 0x70])
    func `a reserved bit without its extension is refused`(bit: UInt8) {
        for opcode in [1, 2, 8, 9, 10] as [UInt8] {
            #expect(events(frame(opcode, reserved: bit), to: .client) == [.violation(.reservedBits)])
        }
    }

    @Test(arguments: [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8])
    func `a reserved opcode is refused`(opcode: UInt8) {
        #expect(events(frame(opcode, "a"), to: .client) == [.violation(.reservedOpcode)])
    }

    @Test(arguments: WebSocketViolation.allCases)
    func `a violation has a code that can be sent`(violation: WebSocketViolation) {
        #expect(violation.closeCode.mayTravel)
    }
}

@Suite struct `The limit of a message` {
    @Test func `holds for one frame, at its header`() {
        #expect(events(frame(2, Array(repeating: 1, count: 100)), to: .client, limit: 100).count == 1)
        let header = Array(frame(2, Array(repeating: 1, count: 101)).prefix(2))
        #expect(events(header, to: .client, limit: 100) == [.violation(.messageTooLong)])
    }

    @Test func `holds for all fragments together, and starts anew with the next message`() {
        let half = Array(repeating: UInt8(1), count: 50)
        let message = frame(2, half, isFinal: false) + frame(0, half)
        let twice = message + message
        #expect(events(twice, to: .client, limit: 100) == [.binary(half + half), .binary(half + half)])
        let tooLong = frame(2, half, isFinal: false) + frame(0, half, isFinal: false) + frame(0, [1])
        #expect(events(tooLong, to: .client, limit: 100) == [.violation(.messageTooLong)])
    }

    @Test func `is 16 MiB unless said otherwise`() {
        #expect(events(bytes("82 7f 0000000001000001"), to: .client) == [.violation(.messageTooLong)])
        #expect(events(bytes("82 7f 0000000001000000"), to: .client) == [])
        var parser = WebSocketParser(.server)
        let payload = [UInt8](repeating: 0x61, count: 16 << 20)
        let head = bytes("81 ff 0000000001000000 00000000")
        #expect(parser.events(in: head + payload) == [.message(WebSocketMessage(.text, payload))])
    }

    @Test func `a length that was only claimed takes no memory`() {
        var parser = WebSocketParser(.server)
        #expect(parser.events(in: bytes("82 ff 0000000001000000 00000000 01020304")).isEmpty)
        #expect(parser.heldBytes < 128)
    }

    @Test func `a long message costs as many steps of growth as it has doublings`() {
        var parser = WebSocketParser(.server)
        #expect(parser.events(in: bytes("82 ff 0000000001000000 00000000")).isEmpty)
        let piece = [UInt8](repeating: 1, count: 4096)
        var growths = 0
        for received in 1..<4096 {
            let before = parser.heldBytes
            #expect(parser.events(in: piece).isEmpty)
            if parser.heldBytes != before { growths += 1 }
            if parser.heldBytes > max(2 * received * 4096, 8192) + 8192 {
                Issue.record("\(parser.heldBytes) bytes for \(received * 4096)")
            }
        }
        #expect(growths <= 14)
        #expect(parser.events(in: piece).count == 1)
    }

    @Test func `an idle connection holds nothing but the parser`() {
        var parser = WebSocketParser(.server, deflate: PerMessageDeflate())
        let input =
            frame(1, bytes("f248cdc9c90700"), reserved: 0x40, key: [1, 2, 3, 4])
            + frame(2, Array(repeating: 1, count: 50_000), key: [1, 2, 3, 4]) + frame(9, [1], key: [1, 2, 3, 4])
        #expect(parser.events(in: input).count == 3)
        let (heldBytes, holdsInflater) = (parser.heldBytes, parser.holdsInflater)
        #expect(heldBytes == 0 && !holdsInflater)
        #expect(MemoryLayout<WebSocketParser>.size < 256)
    }
}
