import Testing
import TradewindHTTP

private func parseResponse(_ text: String, _ feeding: Feeding = .whole, to method: HTTPMethod = .get) -> String {
    let bytes = Array(text.utf8)
    var parser = ResponseHeadParser()
    for count in feeding.arrivals(of: bytes.count) {
        switch parser.parse(bytes.span.extracting(first: min(count, bytes.count)), answering: method) {
        case .needMore: continue
        case .reject(let rejection):
            return "refused" + (rejection.status == .badGateway ? "" : " as \(rejection.status)")
        case .head(let head, let consumed):
            let fields = head.headers.map { "\($0.name): \($0.value)" }.joined(separator: "|")
            return "\(head.status.code) \(head.framing) \(head.keepsAlive) \(consumed) \(fields)"
        }
    }
    return "need more"
}

@Suite struct `A response head` {
    static let good: [(String, HTTPMethod, String)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", .get, "200 length(5) true 38 Content-Length: 5"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", .head, "200 none true 38 Content-Length: 5"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .get,
            "200 chunked true 47 Transfer-Encoding: chunked"
        ),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .head, "200 none true 47 Transfer-Encoding: chunked"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", .get, "200 none true 38 Content-Length: 0"),
        ("HTTP/1.1 200 OK\r\n\r\n", .get, "200 untilClose false 19 "),
        ("HTTP/1.1 200\r\n\r\n", .get, "200 untilClose false 16 "),
        ("HTTP/1.1 200 \r\n\r\n", .get, "200 untilClose false 17 "),
        ("HTTP/1.1 404 Not   Found!\r\nContent-Length: 1\r\n\r\n", .get, "404 length(1) true 48 Content-Length: 1"),
        ("HTTP/1.1 204 No Content\r\n\r\n", .get, "204 none true 27 "),
        ("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", .get, "204 none true 46 Content-Length: 5"),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", .get, "304 none true 48 Content-Length: 5"),
        ("HTTP/1.1 100 Continue\r\n\r\n", .post, "100 none true 25 "),
        (
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n", .get,
            "200 length(1) false 57 Connection: close|Content-Length: 1"
        ),
        ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", .get, "200 length(1) false 38 Content-Length: 1"),
        (
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n", .get,
            "200 length(1) true 62 Connection: keep-alive|Content-Length: 1"
        ),
        (
            "HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nX-Own: c\r\nContent-Length: 1\r\n\r\n", .get,
            "200 length(1) true 78 Set-Cookie: a|Set-Cookie: b|x-own: c|Content-Length: 1"
        ),
        ("HTTP/1.1 599 Own\r\nContent-Length: 1\r\n\r\nrest", .get, "599 length(1) true 39 Content-Length: 1"),
    ]

    @Test(arguments: good)
    func `is read however it is cut`(text: String, method: HTTPMethod, expected: String) {
        for feeding in Feeding.all(for: text.utf8.count) {
            #expect(parseResponse(text, feeding, to: method) == expected, "\(feeding)")
        }
    }

    static let hostile: [String] = [
        "\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 \r\n\r\n", "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 600 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1\t200 OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n", "HTTP/0.9 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n", "ICY 200 OK\r\n\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n",
        " HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 -20 OK\r\n\r\n", "HTTP/1.1 +20 OK\r\n\r\n", "HTTP/1.1 200OK\r\n\r\n",
        "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 OK\r\nX: a\n\r\n", "HTTP/1.1 200 OK\r\n X: a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX : a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: \0\r\n\r\n", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", "HTTP/1.1 200 \0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551617\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 \(String(repeating: "a", count: 20_000))\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\(String(repeating: "X: a\r\n", count: 101))\r\n",
    ]

    @Test(arguments: hostile)
    func `that could be read in two ways is refused however it is cut`(text: String) {
        let feedings = text.utf8.count > 2_000 ? [.whole, .byteByByte] : Feeding.all(for: text.utf8.count)
        for feeding in feedings { #expect(parseResponse(text, feeding) == "refused", "\(feeding)") }
    }

    @Test func `can be made into headers to send on`() {
        let bytes = Array("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nX-Own: c\r\nContent-Length: 0\r\n\r\n".utf8)
        var parser = ResponseHeadParser()
        guard case .head(let head, _) = parser.parse(bytes.span, answering: .get) else {
            Issue.record("refused")
            return
        }
        #expect(HTTPHeaders(head.headers) == [.contentType: "a/b", "x-own": "c", .contentLength: "0"])
        #expect(head[.contentType] == "a/b")
    }

    @Test func `does not judge fields that only requests have`() {
        let text = "HTTP/1.1 200 OK\r\nExpect: x\r\nHost: ,\r\nHost: b\r\nContent-Length: 0\r\n\r\n"
        #expect(parseResponse(text).hasPrefix("200 none true"))
    }
}
