import Testing
import TradewindHTTP

@Suite struct `A request head` {
    @Test func `says everything that was sent`() {
        let text =
            "POST /a%20b/./c/../d?x=1&y=%C3%A9 HTTP/1.1\r\nHost: a.example\r\nContent-Length: 7\r\nX-Own: \t v \r\n\r\n"
        #expect(
            parseRequest(Array(text.utf8)).summary
                == "POST /a%20b/./c/../d?x=1&y=%C3%A9 /a b/d x=1&y=%C3%A9 http11 length(7) true false false 95 "
                + "Host: a.example|Content-Length: 7|x-own: v")
    }

    @Test func `leaves what follows it to the next one`() throws {
        let bytes = Array("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: b\r\n\r\nGET".utf8)
        var parser = RequestHeadParser()
        var (paths, start) = ([String](), 0)
        while case .head(let head, let consumed) = parser.parse(bytes.span.extracting(start..<bytes.count)) {
            paths.append(head.path)
            start += consumed
        }
        #expect(paths == ["/a", "/b"])
        #expect(start == bytes.count - 3)
    }

    @Test func `that is kept does not change when the next one is read`() throws {
        var parser = RequestHeadParser()
        let first = Array(
            "GET /first?a=1 HTTP/1.1\r\nHost: one\r\nX-Long: \(String(repeating: "a", count: 500))\r\n\r\n".utf8)
        let second = Array("POST /second/%2e/x HTTP/1.1\r\nHost: two\r\n\r\n".utf8)
        let kept = try parser.parse(first.span).head
        let next = try parser.parse(second.span).head
        #expect(kept.path == "/first" && kept[.host] == "one" && kept.queryItems["a"] == "1" && kept.headers.count == 2)
        #expect(next.path == "/second/x" && next[.host] == "two" && next.query == nil && next.headers.count == 1)
    }

    @Test func `shows a value's bytes without making text of them`() throws {
        let head = try parseRequest(Array("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: abc\r\n\r\n".utf8)).head
        #expect(head.headers.withValue(.xRequestID) { $0.count } == 3)
        #expect(head.headers.withValue(.traceparent) { $0.count } == nil)
    }

    @Test func `that is shorter than the last one shows nothing of it`() throws {
        var parser = RequestHeadParser()
        let long = Array("GET /secret HTTP/1.1\r\nHost: a\r\nAuthorization: secret\r\nCookie: secret\r\n\r\n".utf8)
        let short = Array("GET / HTTP/1.0\r\n\r\n".utf8)
        _ = parser.parse(long.span)
        let head = try parser.parse(short.span).head
        #expect(head.headers.count == 0 && head[.authorization] == nil && head.path == "/" && !head.keepsAlive)
    }

    @Test func `of a connection that rested is read as well`() {
        var parser = RequestHeadParser()
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        #expect(parser.parse(bytes.span).summary == parseRequest(bytes).summary)
        parser.releaseMemory()
        #expect(parser.parse(bytes.span.extracting(first: 20)).summary == "need more")
        parser.releaseMemory()
        #expect(parser.parse(bytes.span).summary == parseRequest(bytes).summary)
    }
}

@Suite struct `The limits of a head` {
    static let limits = HeadLimits(lineBytes: 40, fieldBytes: 60, fieldCount: 3)

    static func request(line: Int, fields: Int) -> [UInt8] {
        let path = String(repeating: "a", count: line - "GET / HTTP/1.1\r\n".utf8.count)
        let value = String(repeating: "b", count: fields - "Host: a\r\nX: \r\n\r\n".utf8.count)
        return Array("GET /\(path) HTTP/1.1\r\nHost: a\r\nX: \(value)\r\n\r\n".utf8)
    }

    @Test(arguments: [(40, 60, ""), (41, 60, "414"), (40, 61, "431"), (39, 59, ""), (400, 60, "414"), (40, 600, "431")])
    func `are exact, however the bytes are cut`(line: Int, fields: Int, status: String) {
        let bytes = Self.request(line: line, fields: fields)
        for feeding in Feeding.all(for: bytes.count) {
            let summary = parseRequest(bytes, feeding, limits: Self.limits).summary
            #expect(summary.hasPrefix(status.isEmpty ? "GET " : status), "\(feeding): \(summary)")
        }
    }

    @Test func `refuse as soon as they are reached without an end`() {
        let line = Array("GET /\(String(repeating: "a", count: 35))".utf8)
        #expect(parseRequest(Array(line[..<39]), limits: Self.limits).summary == "need more")
        #expect(parseRequest(line, limits: Self.limits).summary.hasPrefix("414"))
        let fields = Array("X: \(String(repeating: "a", count: 57))".utf8)
        let start = Array("GET / HTTP/1.1\r\n".utf8)
        #expect(parseRequest(start + fields[..<59], limits: Self.limits).summary == "need more")
        #expect(parseRequest(start + fields, limits: Self.limits).summary.hasPrefix("431"))
    }

    @Test(arguments: [(3, ""), (4, "431")])
    func `count fields`(count: Int, status: String) {
        let fields = (1..<count).map { "A\($0):\r\n" }.joined()
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n".utf8)
        #expect(parseRequest(bytes, limits: Self.limits).summary.hasPrefix(status.isEmpty ? "GET " : status))
    }

    @Test func `let through what platform.md promises`() throws {
        let fields = (1..<100).map { "X-\($0): \(String(repeating: "v", count: 100))\r\n" }.joined()
        let text = "GET /\(String(repeating: "p", count: 16_000)) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
        let head = try parseRequest(Array(text.utf8)).head
        #expect(head.headers.count == 100)
        #expect(head["x-99"]?.utf8.count == 100)
    }
}
