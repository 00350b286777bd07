import Testing
import TradewindHTTP

@Suite struct `A request head` {
    @Test func `is read whole, byte by byte and at every split alike`() throws {
        let text =
            "POST /a%20b/./c/../d?x=1&y=%C3%A9 HTTP/1.1\r\nHost: a.example\r\nContent-Length: 7\r\nX-Own: \t v \r\n\r\n"
        let bytes = Array(text.utf8)
        let expected = parseRequest(bytes).summary
        #expect(
            expected == "POST /a%20b/./c/../d?x=1&y=%C3%A9 /a b/d x=1&y=%C3%A9 http11 length(7) true false false 95 "
                + "Host: a.example|Content-Length: 7|x-own: v")
        for feeding in Feeding.all(for: bytes.count) {
            #expect(parseRequest(bytes, feeding).summary == expected, "\(feeding)")
        }
    }
}
