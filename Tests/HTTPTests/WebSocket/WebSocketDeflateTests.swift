import Testing
import TradewindHTTP

struct DeflateAgreement: Sendable, CustomTestStringConvertible {
    let keepsContext: Bool, windowBits: Int, role: WebSocketRole, fragmentSize: Int
    var testDescription: String {
        "\(role) \(keepsContext ? "keeps its context," : "") window \(windowBits), fragments of \(fragmentSize)"
    }

    /// The agreement of the sender, the other side being as different as can be.
    var deflate: PerMessageDeflate {
        let sender = PerMessageDeflate.Sender(keepsContext: keepsContext, windowBits: windowBits)
        let other = PerMessageDeflate.Sender(keepsContext: !keepsContext, windowBits: 9)
        return role == .server ? .init(server: sender, client: other) : .init(server: other, client: sender)
    }

    static let all = WebSocketRole.allCases.flatMap { role in
        [true, false].flatMap { keepsContext in
            (8...15).flatMap { windowBits in
                [100, Int.max].map {
                    Self(keepsContext: keepsContext, windowBits: windowBits, role: role, fragmentSize: $0)
                }
            }
        }
    }

    func writer() -> WebSocketWriter {
        switch role {
        case .server: WebSocketWriter(deflate: deflate, compressionThreshold: 0, fragmentSize: fragmentSize)
        case .client:
            WebSocketWriter(
                maskingKey: { 0xA1B2_C3D4 }, deflate: deflate, compressionThreshold: 0, fragmentSize: fragmentSize)
        }
    }

    var reader: WebSocketRole { role == .server ? .client : .server }
}

@Suite struct `Compressed messages` {
    static let kept = PerMessageDeflate(server: .init(keepsContext: true), client: .init(keepsContext: true))

    /// RFC 7692 §7.2.3.
    @Test(arguments: [
        ("c1 07 f248cdc9c90700", "Hello"), ("41 03 f248cd 80 04 c9c90700", "Hello"),
        ("c1 0b 000500faff48656c6c6f00", "Hello"), ("c1 08 f348cdc9c9070000", "Hello"),
        ("c1 0d f248050000 00ffffcac9c90700", "Hello"), ("c1 01 00", ""), ("c1 07 f348cdc9c90700", "Hello"),
    ])
    func `the examples of the RFC are read`(_ hex: String, _ text: String) {
        #expect(heard(fromHex(hex), by: .client, deflate: PerMessageDeflate()) == [.text(text)])
        #expect(heard(fromHex(hex), by: .client) == [.violation(.reservedBits)])
    }

    @Test func `a message refers to the one before only where the context is kept`() {
        let input = fromHex("c1 07 f248cdc9c90700 c1 05 f200110000")
        #expect(heard(input, by: .client, deflate: Self.kept) == [.text("Hello"), .text("Hello")])
        let expected: [WebSocketEvent] = [.text("Hello"), .violation(.compressedDataCorrupt)]
        #expect(heard(input, by: .client, deflate: PerMessageDeflate()) == expected)
    }

    static let orders = [
        #"{"type":"order.created","id":"0190","total":"12.50"}"#,
        #"{"type":"order.paid","id":"0190","note":"grüße ✓"}"#,
        #"{"type":"order.created","id":"0191","total":"12.50"}"#,
    ]

    /// Written by the Python package websockets, with and without context.
    @Test(arguments: [
        (
            true,
            """
            c1b237fa213d9dac0b941bb2748f65300e777ed7f37619b06c117eb770ef66306d3c3de039672dfaf818cedfa804775480aca953a06f1a\
            fac19d37fa213d9dbcf46ea762a89316d59e3913657f494f35c0c49ef0aedb7bac8b3837c18937fa213d9ddc45ae165c6c3d37
            """
        ),
        (
            false,
            """
            c1b237fa213d9dac0b941bb2748f65300e777ed7f37619b06c117eb770ef66306d3c3de039672dfaf818cedfa804775480aca953a06f1a\
            fac1b437fa213d9dac0b941bb2748f65300e777ed7f3167f366d6ce5ab232f61b027bba1fc614b698428750947c9cda939d26e22e4eca4\
            9bae2a3dc1b237fa213d9dac0b941bb2748f65300e777ed7f37619b06c117eb770ef66306d3c3de039672df8f818cedfa804775480aca9\
            53a06f1afa
            """
        ),
    ])
    func `what a foreign client compressed is read`(_ keepsContext: Bool, _ hex: String) {
        let deflate = PerMessageDeflate(client: .init(keepsContext: keepsContext))
        #expect(heard(fromHex(hex), by: .server, deflate: deflate) == Self.orders.map { .text($0) })
    }

    @Test func `a foreign server's fragments are read around a ping`() {
        let input = fromHex("4116ca48cc49534854c84d2d2e4e4c4fd55100000000ffff89013f800bca40e12b24a62766e60100")
        let text = WebSocketEvent.text("half a message, half a message again")
        #expect(heard(input, by: .client, deflate: Self.kept) == [.ping([0x3F]), text])
    }

    @Test(arguments: DeflateAgreement.all)
    func `what one side compresses the other reads, whatever was agreed`(agreement: DeflateAgreement) throws {
        var writer = agreement.writer()
        var shared = try Deflater.forMessages()
        var output: [UInt8] = []
        var expected: [WebSocketEvent] = []
        for _ in 0..<2 {
            for sample in [[], [0x41], deflateSamples[2], Array(deflateSamples[3].prefix(20_000))] {
                let start = output.count
                writer.append(.binary, sample.span, to: &output, sharing: &shared)
                expected.append(.binary(sample))
                let isCompressed = output[start] & 0x40 != 0
                #expect(
                    isCompressed
                        == (agreement.windowBits > 8
                            && (sample.count > 10 || (agreement.keepsContext && sample.count > 0))))
            }
        }
        var parser = WebSocketParser(agreement.reader, deflate: agreement.deflate)
        #expect(parser.events(in: output) == expected)
        var bytewise = WebSocketParser(agreement.reader, deflate: agreement.deflate)
        #expect(bytewise.events(in: output, cutAt: Array(1..<output.count)) == expected)
        let holdsInflater = parser.holdsInflater
        #expect(holdsInflater == (agreement.keepsContext && agreement.windowBits > 8))
    }

    @Test(arguments: 9...15)
    func `a peer with a small window can read what was written for it`(bits: Int) throws {
        var generator = SplitMix64(seed: 5)
        let part = generator.bytes(3000)
        let payload = part + part
        var shared = try Deflater.forMessages()
        var writer = WebSocketWriter(deflate: PerMessageDeflate(server: .init(keepsContext: false, windowBits: bits)))
        var output: [UInt8] = []
        writer.append(.binary, (payload + deflateSamples[3]).span, to: &output, sharing: &shared)
        let compressed = output.dropFirst(4) + [0, 0, 0xFF, 0xFF]
        // Portions smaller than the window, so that nothing but the window remembers.
        var inflater = try Inflater(.raw, windowBits: bits)
        var restored: [UInt8] = []
        var offset = 0
        var progress = Inflater.Progress.full
        while progress == .full {
            var portion: [UInt8] = []
            progress = try inflater.inflate(compressed.span, from: &offset, into: &portion, upTo: 64)
            restored += portion
        }
        #expect(restored == payload + deflateSamples[3])
    }

    @Test func `short and incompressible messages go as they are`() throws {
        var shared = try Deflater.forMessages()
        var writer = WebSocketWriter(deflate: PerMessageDeflate())
        for payload in [Array(deflateSamples[3].prefix(1023)), deflateSamples[4]] {
            var output: [UInt8] = []
            writer.append(.binary, payload.span, to: &output, sharing: &shared)
            #expect(output == wireFrame(2, payload))
        }
        var output: [UInt8] = []
        let long = Array(deflateSamples[3].prefix(1024))
        writer.append(.binary, long.span, to: &output, sharing: &shared)
        #expect(output.first == 0xC2 && output.count < 100)
    }

    @Test func `the limit counts what comes out`() throws {
        var shared = try Deflater.forMessages()
        var writer = WebSocketWriter(deflate: PerMessageDeflate())
        var bomb: [UInt8] = []
        let zeros = deflateSamples[5]
        writer.append(.binary, zeros.span, to: &bomb, sharing: &shared)
        #expect(bomb.count < 1000)
        let deflate = PerMessageDeflate()
        #expect(heard(bomb, by: .client, deflate: deflate, limit: 200_000) == [.binary(deflateSamples[5])])
        #expect(heard(bomb, by: .client, deflate: deflate, limit: 199_999) == [.violation(.messageTooLong)])
    }

    @Test func `16 MiB of zeros pass and one more byte closes`() throws {
        var shared = try Deflater.forMessages()
        for (count, passes) in [(16 << 20, true), ((16 << 20) + 1, false)] {
            var output: [UInt8] = []
            var writer = WebSocketWriter(deflate: PerMessageDeflate())
            let zeros = [UInt8](repeating: 0, count: count)
            writer.append(.binary, zeros.span, to: &output, sharing: &shared)
            var parser = WebSocketParser(.client, deflate: PerMessageDeflate())
            let events = parser.events(in: output)
            #expect(passes ? events.count == 1 : events == [.violation(.messageTooLong)])
        }
    }

    @Test func `compressed nothing without end is bounded too`() {
        var parser = WebSocketParser(.client, deflate: PerMessageDeflate(), messageLimit: 1000)
        let emptyBlocks = Array([[UInt8]](repeating: [0, 0, 0, 0xFF, 0xFF], count: 200).joined())
        #expect(parser.events(in: wireFrame(2, emptyBlocks, isFinal: false, reserved: 0x40)) == [])
        #expect(parser.events(in: wireFrame(0, emptyBlocks)) == [.violation(.messageTooLong)])
    }

    @Test func `damaged and truncated data is refused`() {
        let deflate = PerMessageDeflate()
        for hex in ["c2 02 ffff", "c2 06 f248cdc9c907", "c2 03 f248cd", "c2 00", "c2 05 000500faff"] {
            #expect(heard(fromHex(hex), by: .client, deflate: deflate) == [.violation(.compressedDataCorrupt)])
        }
    }

    @Test func `compressed text is checked as it comes out`() throws {
        var shared = try Deflater.forMessages()
        var output: [UInt8] = []
        var writer = WebSocketWriter(deflate: PerMessageDeflate(), compressionThreshold: 0, fragmentSize: 2)
        let text = Array(String(repeating: "grüße ", count: 20).utf8)
        writer.append(.text, (text + [0xC3]).span, to: &output, sharing: &shared)
        #expect(heard(output, by: .client, deflate: PerMessageDeflate()) == [.violation(.textNotUTF8)])
        output = []
        writer.append(.text, text.span, to: &output, sharing: &shared)
        let expected = WebSocketEvent.message(WebSocketMessage(.text, text))
        #expect(heard(output, by: .client, deflate: PerMessageDeflate()) == [expected])
    }

    @Test func `only the first frame of a message says that it is compressed`() {
        let deflate = PerMessageDeflate()
        let input =
            wireFrame(1, fromHex("f248cd"), isFinal: false, reserved: 0x40)
            + wireFrame(0, fromHex("c9c90700"), reserved: 0x40)
        #expect(heard(input, by: .client, deflate: deflate) == [.violation(.reservedBits)])
        #expect(heard(wireFrame(9, reserved: 0x40), by: .client, deflate: deflate) == [.violation(.reservedBits)])
        let mixed = wireFrame(1, "a") + fromHex("c1 07 f248cdc9c90700") + wireFrame(1, "b")
        #expect(heard(mixed, by: .client, deflate: deflate) == [.text("a"), .text("Hello"), .text("b")])
    }

    @Test func `a broadcast is framed once and read by all, each as it agreed`() throws {
        var shared = try Deflater.forMessages()
        let payload = Array(deflateSamples[3].prefix(5000))
        let broadcast = WebSocketBroadcast(.text, payload.span, sharing: &shared)
        let small = PerMessageDeflate(server: .init(windowBits: 10))
        for deflate in [nil, PerMessageDeflate(), small, Self.kept] {
            let frame = broadcast.frame(for: deflate)
            #expect((frame.count < 1000) == (deflate == PerMessageDeflate()))
            #expect(heard(frame, by: .client, deflate: deflate) == [.message(WebSocketMessage(.text, payload))])
        }
        #expect(
            WebSocketBroadcast(.text, Array("Hello".utf8).span, sharing: &shared).frame(for: Self.kept)
                == wireFrame(1, "Hello"))
    }
}
