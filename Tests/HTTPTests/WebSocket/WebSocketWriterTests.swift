import Testing
import TradewindHTTP

@Suite struct `Speaking on a WebSocket` {
    @Test func `a server's frames are those of the RFC`() {
        let writer = WebSocketWriter()
        #expect(written { writer.append(.text, $1.span, to: &$0) } == fromHex("81 05 48656c6c6f"))
        #expect(written { writer.appendPing($1, to: &$0) } == fromHex("89 05 48656c6c6f"))
        #expect(written { writer.appendPong($1, to: &$0) } == fromHex("8a 05 48656c6c6f"))
        #expect(
            written {
                writer.appendClose(.normal, reason: "bye", to: &$0); _ = $1
            } == fromHex("88 05 03e8 627965"))
        #expect(
            written {
                writer.appendClose(nil, to: &$0); _ = $1
            } == fromHex("88 00"))
    }

    @Test func `a client masks every frame with a key of its own`() {
        let keys = KeyList([0x37FA_213D, 0x37FA_213D, 0x0102_0304])
        let writer = WebSocketWriter(maskingKey: keys.next)
        #expect(written { writer.append(.text, $1.span, to: &$0) } == fromHex("81 85 37fa213d 7f9f4d5158"))
        #expect(written { writer.appendPong($1, to: &$0) } == fromHex("8a 85 37fa213d 7f9f4d5158"))
        #expect(
            written {
                writer.appendPing([0, 0], to: &$0); _ = $1
            } == fromHex("89 82 01020304 0102"))
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
    func `what one side writes the other reads, at every class of length`(length: Int) {
        var generator = SplitMix64(seed: UInt64(length))
        let payload = generator.bytes(length)
        let server = WebSocketWriter(), client = WebSocketWriter(maskingKey: { 0xDEAD_BEEF })
        var output: [UInt8] = []
        server.append(.binary, payload.span, to: &output)
        #expect(heard(output, by: .client) == [.binary(payload)])
        #expect(output == wireFrame(2, payload))
        output = []
        client.append(.binary, payload.span, to: &output)
        #expect(heard(output, by: .server) == [.binary(payload)])
    }

    @Test func `a message longer than a fragment is cut`() {
        let writer = WebSocketWriter(fragmentSize: 2)
        let expected = fromHex("01 02 4865 00 02 6c6c 80 01 6f")
        #expect(written { writer.append(.text, $1.span, to: &$0) } == expected)
        #expect(heard(expected, by: .client) == [.text("Hello")])
        let keys = KeyList([1, 2, 3])
        let client = WebSocketWriter(maskingKey: keys.next, fragmentSize: 2)
        let masked = written { client.append(.text, $1.span, to: &$0) }
        #expect(heard(masked, by: .server) == [.text("Hello")])
        #expect(keys.isUsedUp)
    }

    @Test func `a close never carries what may not travel, and its reason is cut between characters`() {
        let writer = WebSocketWriter()
        for code in [WebSocketCloseCode.noStatus, .abnormal, WebSocketCloseCode(rawValue: 1015)] {
            #expect(
                written {
                    writer.appendClose(code, to: &$0); _ = $1
                } == fromHex("88 00"))
        }
        let reason = String(repeating: "é", count: 100)
        let output = written {
            writer.appendClose(.normal, reason: reason, to: &$0); _ = $1
        }
        #expect(heard(output, by: .client) == [.close(.normal, reason: String(reason.prefix(61)))])
    }

    @Test func `a ping longer than a control frame may be is cut`() {
        let writer = WebSocketWriter()
        let output = written {
            writer.appendPing(Array(repeating: 1, count: 300), to: &$0); _ = $1
        }
        #expect(heard(output, by: .client) == [.ping(Array(repeating: 1, count: 125))])
    }

    @Test func `it appends behind what the output holds`() {
        var output: [UInt8] = [9, 9]
        WebSocketWriter(maskingKey: { 1 }).append(.binary, [UInt8]().span, to: &output)
        #expect(output == fromHex("0909 82 80 00000001"))
    }
}

/// What the writer appends for "Hello".
private func written(_ write: (inout [UInt8], [UInt8]) -> Void) -> [UInt8] {
    var output: [UInt8] = []
    write(&output, Array("Hello".utf8))
    return output
}
