import Testing
import TradewindHTTP

/// What a decoder makes of a body: the content and how many bytes it took, or the reason for a refusal.
private func decode(_ bytes: [UInt8], _ feeding: Feeding, limits: HeadLimits = HeadLimits()) -> String {
    var decoder = ChunkedDecoder(trailerLimits: limits)
    var content: [UInt8] = []
    var start = 0
    for arrived in feeding.arrivals(of: bytes.count) {
        reading: while true {
            let piece = bytes[start..<min(arrived, bytes.count)]
            switch decoder.next(piece.span) {
            case .needMore:
                start += piece.count
                break reading
            case .data(let range):
                content += piece[(start + range.lowerBound)..<(start + range.upperBound)]
                start += range.upperBound
            case .end(let consumed):
                return "\(String(decoding: content, as: UTF8.self)) \(start + consumed)"
            case .reject(let rejection):
                return "\(rejection.status.code)"
            }
        }
    }
    return "need more"
}

@Suite struct `A chunked body` {
    static let good: [(String, String)] = [
        ("0\r\n\r\n", " 5"),
        ("5\r\nhello\r\n0\r\n\r\n", "hello 15"),
        ("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world 26"),
        ("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789 35"),
        ("005\r\nhello\r\n000\r\n\r\n", "hello 19"),
        ("5;a\r\nhello\r\n0;b=c\r\n\r\n", "hello 21"),
        ("5;name=\"a value\"\r\nhello\r\n0\r\n\r\n", "hello 30"),
        ("5;\r\nhello\r\n0\r\n\r\n", "hello 16"),
        ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n 12"),
        ("3\r\n0\r\n\r\n0\r\n\r\n", "0\r\n 13"),
        ("0\r\nX: a\r\nY:\r\n\r\n", " 15"),
        ("0\r\nX: a\r\n\r\nGET / HTTP/1.1\r\n", " 11"),
        ("5\r\nhello\r\n0\r\n\r\nGET", "hello 15"),
        ("1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n", "abc 23"),
    ]

    @Test(arguments: good)
    func `is read however it is cut`(body: String, expected: String) {
        let bytes = Array(body.utf8)
        for feeding in Feeding.all(for: bytes.count) { #expect(decode(bytes, feeding) == expected, "\(feeding)") }
    }

    static let hostile: [String] = [
        "\r\n", "\n", " 5\r\nhello\r\n", "5 \r\nhello\r\n", "5 ;a\r\nhello\r\n", "5\t\r\nhello\r\n", "\t5\r\nhello\r\n",
        "0x5\r\nhello\r\n", "0X5\r\nhello\r\n", "x\r\n", "-5\r\nhello\r\n", "+5\r\nhello\r\n", "-0\r\n\r\n",
        "5.0\r\nhello\r\n",
        "5,\r\nhello\r\n", "5_\r\nhello\r\n", "g\r\n", ";a\r\n", "\"5\"\r\nhello\r\n", "\u{FF15}\r\nhello\r\n",
        "5h\r\nhello\r\n",
        "FFFFFFFFFFFFFFFF\r\n", "10000000000000000\r\n", "8000000000000000\r\n", "0000000000000000\r\n",
        "00000000000000005\r\nhello\r\n", "5\nhello\r\n0\r\n\r\n", "5\rhello\r\n", "5\r\rhello\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello\r0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhello\r\r\n0\r\n\r\n", "5\r\nhello \r\n0\r\n\r\n",
        "4\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n\r\n0\r\n\r\n", "5;a\nhello\r\n", "5;a\rb\r\nhello\r\n", "5;\0\r\nhello\r\n",
        "5;\u{7F}\r\nhello\r\n",
        "5;a\u{0B}\r\nhello\r\n", "0\r\nX\r\n\r\n", "0\r\n: a\r\n\r\n", "0\r\nX : a\r\n\r\n", "0\r\n X: a\r\n\r\n",
        "0\r\nX: a\r\n b\r\n\r\n", "0\r\nX: a\n\r\n", "0\r\nX: \0\r\n\r\n", "0\r\nX\0: a\r\n\r\n",
        "0\r\nX: a\rb\r\n\r\n", "0\r\n\n", "0\r\n\rX",
        "0\n\r\n", "0\n\n", "0\r\nX: a\r\n\n", "0\r\nX: a\u{1}\r\n\r\n", "0\r\nGET / HTTP/1.1\r\n\r\n",
    ]

    @Test(arguments: hostile)
    func `that is broken is refused however it is cut`(body: String) {
        let bytes = Array(body.utf8)
        for feeding in Feeding.all(for: bytes.count) { #expect(decode(bytes, feeding) == "400", "\(feeding)") }
    }

    @Test(arguments: good)
    func `is awaited while anything is missing`(body: String, expected: String) throws {
        let end = try #require(expected.split(separator: " ").last.flatMap { Int($0) })
        for count in 0..<end { #expect(decode(Array(body.utf8.prefix(count)), .whole) == "need more") }
    }

    @Test func `cannot hide kilobytes in extensions`() {
        let long = "1;" + String(repeating: "a", count: 300) + "\r\na\r\n0\r\n\r\n"
        #expect(decode(Array(long.utf8), .whole) == "400")
        let many = String(repeating: "1;\(String(repeating: "a", count: 200))\r\na\r\n", count: 100) + "0\r\n\r\n"
        #expect(decode(Array(many.utf8), .whole) == "400")
        let fair = String(
            repeating: "400;\(String(repeating: "a", count: 200))\r\n\(String(repeating: "b", count: 1_024))\r\n",
            count: 100)
        #expect(decode(Array((fair + "0\r\n\r\n").utf8), .whole).hasSuffix(" \(fair.utf8.count + 5)"))
    }

    @Test func `has trailers within the limits of a head`() {
        let limits = HeadLimits(fieldBytes: 40, fieldCount: 3)
        #expect(decode(Array("0\r\nA: b\r\nC: d\r\nE: f\r\n\r\n".utf8), .whole, limits: limits) == " 23")
        #expect(decode(Array("0\r\nA: b\r\nC: d\r\nE: f\r\nG: h\r\n\r\n".utf8), .whole, limits: limits) == "431")
        let long = Array("0\r\nA: \(String(repeating: "b", count: 50))\r\n\r\n".utf8)
        for feeding in Feeding.all(for: long.count) { #expect(decode(long, feeding, limits: limits) == "431") }
    }
}
