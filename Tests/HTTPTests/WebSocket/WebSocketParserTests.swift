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
        Self("unmasked text", [fromHex("81 05 48656c6c6f")], .text("Hello")),
        Self("fragmented text", [fromHex("01 03 48656c 80 02 6c6f")], .text("Hello")),
        Self("ping", [fromHex("89 05 48656c6c6f")], .ping(Array("Hello".utf8))),
        Self(
            "256 bytes", [fromHex("82 7e 0100"), deflateSamples[5].prefix(256).map { $0 }],
            .binary(Array(deflateSamples[5].prefix(256)))),
        Self(
            "65,536 bytes", [fromHex("82 7f 0000000000010000"), Array(deflateSamples[4].prefix(65_536))],
            .binary(Array(deflateSamples[4].prefix(65_536)))),
    ]

    static let framing: [Self] = [
        Self("empty text", [wireFrame(1)], .text("")),
        Self("empty binary", [wireFrame(2)], .binary([])),
        Self(
            "125, 126 and 65,535 bytes", [125, 126, 65_535].map { wireFrame(2, Array(repeating: 7, count: $0)) },
            .binary(Array(repeating: 7, count: 125)), .binary(Array(repeating: 7, count: 126)),
            .binary(Array(repeating: 7, count: 65_535))),
        Self(
            "many in one read", [wireFrame(1, "a"), wireFrame(9), wireFrame(2, [1]), wireFrame(10, "x")],
            .text("a"), .ping([]), .binary([1]), .pong([0x78])),
        Self(
            "empty fragments", [wireFrame(1, "", isFinal: false), wireFrame(0, "", isFinal: false), wireFrame(0)],
            .text("")),
        Self(
            "fragments of one byte",
            [wireFrame(1, "a", isFinal: false), wireFrame(0, "b", isFinal: false), wireFrame(0, "c")],
            .text("abc")),
        Self(
            "control between fragments",
            [wireFrame(1, "a", isFinal: false), wireFrame(9, "p"), wireFrame(10, "q"), wireFrame(0, "b")],
            .ping([0x70]), .pong([0x71]), .text("ab")),
        Self(
            "close between fragments", [wireFrame(1, "a", isFinal: false), wireFrame(8), wireFrame(0, "b")],
            .close(nil, reason: "")),
        Self(
            "a ping of 125", [wireFrame(9, deflateSamples[5].prefix(125).map { $0 })],
            .ping(Array(repeating: 0, count: 125))),
        Self("a ping of 126", [wireFrame(9, Array(repeating: 0, count: 126))], .violation(.controlTooLong)),
        Self("a pong of 126", [wireFrame(10, Array(repeating: 0, count: 126))], .violation(.controlTooLong)),
        Self("a close of 126", [wireFrame(8, Array(repeating: 0, count: 126))], .violation(.controlTooLong)),
        Self(
            "a fragmented ping", [wireFrame(9, "p", isFinal: false), wireFrame(0, "q")], .violation(.controlFragmented)),
        Self("a fragmented close", [wireFrame(8, isFinal: false)], .violation(.controlFragmented)),
        Self("a stray continuation", [wireFrame(0, "a")], .violation(.continuationUnexpected)),
        Self(
            "a stray continuation after a message", [wireFrame(1, "a"), wireFrame(0, "b", isFinal: false)],
            .text("a"), .violation(.continuationUnexpected)),
        Self(
            "text inside text", [wireFrame(1, "a", isFinal: false), wireFrame(1, "b")], .violation(.messageInterleaved)),
        Self(
            "binary inside text", [wireFrame(1, "a", isFinal: false), wireFrame(2, [1])],
            .violation(.messageInterleaved)),
        Self("a masked frame from a server", [wireFrame(1, Array("a".utf8), key: hello)], .violation(.maskForbidden)),
        Self(
            "nothing after a violation", [wireFrame(3), wireFrame(1, "a"), wireFrame(8)], .violation(.reservedOpcode)),
        Self("nothing after a close", [wireFrame(8), wireFrame(1, "a"), wireFrame(3)], .close(nil, reason: "")),
    ]

    static let lengths: [Self] = [
        Self("125 in two bytes", [fromHex("82 7e 007d")], .violation(.lengthNotMinimal)),
        Self("0 in two bytes", [fromHex("82 7e 0000")], .violation(.lengthNotMinimal)),
        Self("65,535 in eight bytes", [fromHex("82 7f 000000000000ffff")], .violation(.lengthNotMinimal)),
        Self("the highest bit", [fromHex("82 7f 8000000000000000")], .violation(.lengthOverflow)),
        Self("all bits", [fromHex("82 7f ffffffffffffffff")], .violation(.lengthOverflow)),
        Self("the longest there is", [fromHex("82 7f 7fffffffffffffff")], .violation(.messageTooLong)),
        Self("a ping of two length bytes", [fromHex("89 7e 007d")], .violation(.lengthNotMinimal)),
    ]
}

@Suite struct `Hearing a WebSocket` {
    @Test(arguments: [ParserCase.rfc, ParserCase.framing, ParserCase.lengths].joined())
    func `frames become events, whatever the cuts`(_ example: ParserCase) {
        #expect(heard(example.input, by: .client) == example.events)
    }

    @Test func `a server hears the masked examples of the RFC`() {
        let input = fromHex("81 85 37fa213d 7f9f4d5158  8a 85 37fa213d 7f9f4d5158")
        #expect(heard(input, by: .server) == [.text("Hello"), .pong(Array("Hello".utf8))])
    }

    @Test func `a client that does not mask is refused`() {
        #expect(heard(wireFrame(1, "a"), by: .server) == [.violation(.maskMissing)])
        #expect(heard(wireFrame(8), by: .server) == [.violation(.maskMissing)])
    }

    @Test(arguments: [0...130, 250...260, 4090...4100, 65_530...65_540])
    func `unmasking gives back every byte at every length`(lengths: ClosedRange<Int>) {
        var generator = SplitMix64(seed: UInt64(lengths.lowerBound))
        let wrong = lengths.filter { length in
            let payload = generator.bytes(length)
            var parser = WebSocketParser(.server)
            let input = wireFrame(2, payload, key: generator.bytes(4))
            let middle = Int.random(in: 0...input.count, using: &generator)
            return parser.events(in: input, cutAt: [middle]) != [.binary(payload)]
        }
        #expect(wrong == [])
    }

    @Test(arguments: [UInt8(0x10), 0x20, 0x40, 0x70])
    func `a reserved bit without its extension is refused`(bit: UInt8) {
        for opcode in [1, 2, 8, 9, 10] as [UInt8] {
            #expect(heard(wireFrame(opcode, reserved: bit), by: .client) == [.violation(.reservedBits)])
        }
    }

    @Test(arguments: [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8])
    func `a reserved opcode is refused`(opcode: UInt8) {
        #expect(heard(wireFrame(opcode, "a"), by: .client) == [.violation(.reservedOpcode)])
    }

    @Test(arguments: WebSocketViolation.allCases)
    func `a violation has a code that can be sent`(violation: WebSocketViolation) {
        #expect(violation.closeCode.mayTravel)
    }
}

@Suite struct `The limit of a message` {
    @Test func `holds for one frame, at its header`() {
        #expect(heard(wireFrame(2, Array(repeating: 1, count: 100)), by: .client, limit: 100).count == 1)
        let header = Array(wireFrame(2, Array(repeating: 1, count: 101)).prefix(2))
        #expect(heard(header, by: .client, limit: 100) == [.violation(.messageTooLong)])
    }

    @Test func `holds for all fragments together, and starts anew with the next message`() {
        let half = Array(repeating: UInt8(1), count: 50)
        let message = wireFrame(2, half, isFinal: false) + wireFrame(0, half)
        let twice = message + message
        #expect(heard(twice, by: .client, limit: 100) == [.binary(half + half), .binary(half + half)])
        let tooLong = wireFrame(2, half, isFinal: false) + wireFrame(0, half, isFinal: false) + wireFrame(0, [1])
        #expect(heard(tooLong, by: .client, limit: 100) == [.violation(.messageTooLong)])
    }

    @Test func `is 16 MiB unless said otherwise`() {
        #expect(heard(fromHex("82 7f 0000000001000001"), by: .client) == [.violation(.messageTooLong)])
        #expect(heard(fromHex("82 7f 0000000001000000"), by: .client) == [])
        var parser = WebSocketParser(.server)
        let payload = [UInt8](repeating: 0x61, count: 16 << 20)
        let head = fromHex("81 ff 0000000001000000 00000000")
        let arrives = parser.events(in: head + payload) == [.message(WebSocketMessage(.text, payload))]
        #expect(arrives)
    }

    @Test func `a length that was only claimed takes no memory`() {
        var parser = WebSocketParser(.server)
        #expect(parser.events(in: fromHex("82 ff 0000000001000000 00000000 01020304")).isEmpty)
        #expect(parser.heldBytes < 128)
    }

    @Test func `a long message costs as many steps of growth as it has doublings`() {
        var parser = WebSocketParser(.server)
        #expect(parser.events(in: fromHex("82 ff 0000000001000000 00000000")).isEmpty)
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
            wireFrame(1, fromHex("f248cdc9c90700"), reserved: 0x40, key: [1, 2, 3, 4])
            + wireFrame(2, Array(repeating: 1, count: 50_000), key: [1, 2, 3, 4])
            + wireFrame(9, [1], key: [1, 2, 3, 4])
        #expect(parser.events(in: input).count == 3)
        let (heldBytes, holdsInflater) = (parser.heldBytes, parser.holdsInflater)
        #expect(heldBytes == 0 && !holdsInflater)
        #expect(MemoryLayout<WebSocketParser>.size < 256)
    }
}
