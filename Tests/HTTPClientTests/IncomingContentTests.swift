import Testing
import TradewindHTTP
import TradewindHTTPClient

@Suite struct `Incoming content` {
    private static let messages: [(BodyFraming, String, String)] = [
        (.none, "", ""),
        (.length(5), "hello", "hello"),
        (.chunked, "5\r\nhello\r\n0\r\n\r\n", "hello"),
        (.chunked, "1\r\nh\r\n2;x=y\r\nel\r\nA\r\nlo and bye\r\n0\r\nTrailer: t\r\n\r\n", "hello and bye"),
        (.chunked, "0\r\n\r\n", ""),
    ]

    @Test(arguments: messages) func `is the same at every split, and what follows is left alone`(
        framing: BodyFraming, wire: String, expected: String
    ) throws {
        let bytes = Array((wire + "NEXT").utf8)
        for cut in 0...bytes.count {
            for limit in [1, 3, 1000, .max] {
                var content = IncomingContent(framing), taken: [UInt8] = [], used = 0
                for end in [cut, bytes.count] {
                    used += try take(bytes[used..<end], limit, of: &content, into: &taken)
                }
                #expect(String(decoding: taken, as: UTF8.self) == expected)
                #expect(content.isComplete && used == wire.utf8.count)
            }
        }
    }

    @Test func `without framing ends with the connection`() throws {
        var content = IncomingContent(.untilClose), taken: [UInt8] = []
        let used = try take(Array("all of it".utf8)[...], 1000, of: &content, into: &taken)
        #expect(used == 9)
        #expect(!content.isComplete)
        let isWhole = content.end()
        #expect(isWhole && content.isComplete)
    }

    @Test(arguments: [.length(5), .chunked] as [BodyFraming])
    func `that ends early is not complete`(framing: BodyFraming) {
        var content = IncomingContent(framing)
        let isWhole = content.end()
        #expect(!isWhole)
    }

    @Test(arguments: ["x\r\n", "5\r\nhelloXX", "-1\r\n", "fffffffffffffffff\r\n", "5 \r\nhello"])
    func `with broken chunks is refused`(wire: String) {
        var content = IncomingContent(.chunked), taken: [UInt8] = []
        #expect(throws: Rejection.self) { try take(Array(wire.utf8)[...], 1000, of: &content, into: &taken) }
    }

    /// Takes all that can be taken, `limit` bytes of content at a time.
    private func take(
        _ bytes: ArraySlice<UInt8>, _ limit: Int, of content: inout IncomingContent, into taken: inout [UInt8]
    ) throws -> Int {
        var rest = Array(bytes), used = 0
        while true {
            var piece: [UInt8] = []
            let count = try content.take(from: rest.span, upTo: limit, into: &piece)
            #expect(piece.count <= limit)
            taken += piece
            used += count
            rest.removeFirst(count)
            if count == 0 { return used }
        }
    }
}
