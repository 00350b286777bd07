import Testing
import TradewindHTTP

@Suite struct `Header names` {
    @Test(arguments: KnownHeader.allCases)
    func `that are known are found in any case`(known: KnownHeader) {
        #expect(HeaderName(known.rawValue)?.known == known)
        #expect(HeaderName(known.rawValue.lowercased())?.known == known)
        #expect(HeaderName(known.rawValue.uppercased())?.known == known)
        #expect(HeaderName(known).spelling == known.rawValue)
    }

    @Test(arguments: KnownHeader.allCases)
    func `that nearly are a known one are not taken for it`(known: KnownHeader) {
        let name = known.rawValue
        for index in name.indices {
            var other = name
            other.replaceSubrange(index...index, with: name[index] == "!" ? "#" : "!")
            #expect(HeaderName(other)?.known == nil)
        }
        #expect(HeaderName(name + "s")?.known == nil || KnownHeader(rawValue: name + "s") != nil)
        #expect(HeaderName(String(name.dropFirst()))?.known != known)
    }

    @Test func `come in the order of their cases`() {
        // HTTPHeaders keeps a bit for each, by its place.
        let all: HTTPHeaders = KnownHeader.allCases.reduce(into: [:]) { $0.add(HeaderName($1), "\($1)") }
        for known in KnownHeader.allCases {
            var headers = all
            #expect(headers.all(HeaderName(known)) == ["\(known)"])
            headers.remove(HeaderName(known))
            #expect(
                !headers.contains(HeaderName(known)) && headers.map { _ in 1 }.count == KnownHeader.allCases.count - 1)
        }
    }

    @Test func `differ by letters, not by case`() {
        #expect(HeaderName("X-Own") == HeaderName("x-oWN"))
        #expect(HeaderName("X-Own") != HeaderName("X-Other"))
        #expect(HeaderName("X-Own").spelling == "x-own")
        #expect(HeaderName("content-TYPE") == .contentType)
        #expect(Set([HeaderName("Accept"), HeaderName("ACCEPT"), .accept]).count == 1)
    }

    @Test(arguments: ["", " ", "a b", "a:", "a\r\nb", "\u{E9}", "a/b", "(a)", "a\0"])
    func `must be tokens`(text: String) { #expect(HeaderName(text) == nil) }

    @Test func `in source code lose what no name can have`() {
        let name: HeaderName = "x-evil\r\nset-cookie: a"
        #expect(name.spelling == "x-evilset-cookiea")
        let empty: HeaderName = ":"
        #expect(empty.spelling == "invalid")
    }

    @Test func `have a short spelling for every known one`() {
        let shorts: [HeaderName] = [
            .accept, .contentType, .etag, .te, .wwwAuthenticate, .traceparent, .xRequestID, .host,
        ]
        #expect(
            shorts.map(\.spelling) == [
                "Accept", "Content-Type", "ETag", "TE", "WWW-Authenticate", "traceparent", "X-Request-Id", "Host",
            ])
    }
}

@Suite struct `Headers to send` {
    @Test func `keep their order and their repeats`() {
        var headers: HTTPHeaders = [.setCookie: "a", .vary: "b", .setCookie: "c"]
        headers.add("X-Own", "d")
        #expect(headers.map { "\($0.name): \($0.value)" } == ["Set-Cookie: a", "Vary: b", "Set-Cookie: c", "x-own: d"])
        #expect(headers.all(.setCookie) == ["a", "c"])
        #expect(headers[.setCookie] == "a" && headers[.etag] == nil)
        #expect(headers.contains("x-OWN") && !headers.contains(.etag))
    }

    @Test func `are replaced, added and removed by name`() {
        var headers: HTTPHeaders = [.setCookie: "a", .vary: "b", .setCookie: "c", .etag: "d"]
        headers[.setCookie] = "e"
        #expect(headers == [.setCookie: "e", .vary: "b", .etag: "d"])
        headers[.vary] = nil
        headers.remove(.etag)
        headers[.link] = "f"
        #expect(headers == [.setCookie: "e", .link: "f"])
    }

    @Test(arguments: [
        ("a\r\nSet-Cookie: b", "a  Set-Cookie: b"), ("a\nb", "a b"), ("\0", " "), ("a\u{7F}b", "a b"), ("a\tb", "a\tb"),
        ("caf\u{E9}\r\n\u{1F600}", "caf\u{E9}  \u{1F600}"), ("\u{1B}[31m", " [31m"), ("plain", "plain"), ("", ""),
        (String(repeating: "x", count: 100) + "\r\n", String(repeating: "x", count: 100) + "  "),
    ])
    func `cannot split a message`(value: String, expected: String) {
        var headers: HTTPHeaders = [.location: value]
        #expect(headers[.location] == expected)
        headers.add(.location, value)
        headers[.etag] = value
        #expect(headers.all(.location) == [expected, expected] && headers[.etag] == expected)
    }
}

@Suite struct `Heads that are written` {
    private static func written(_ body: (inout OutputRawSpan) -> Void) -> String {
        let bytes = [UInt8](capacity: 4_096) { (span: inout OutputSpan<UInt8>) in
            unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                let raw = UnsafeMutableRawBufferPointer(buffer)
                var output = unsafe OutputRawSpan(buffer: raw, initializedCount: 0)
                body(&output)
                count = unsafe output.finalize(for: raw)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `begin with the status`() {
        #expect(Self.written { $0.appendStatusLine(.ok) } == "HTTP/1.1 200 OK\r\n")
        #expect(Self.written { $0.appendStatusLine(.notFound) } == "HTTP/1.1 404 Not Found\r\n")
        #expect(Self.written { $0.appendStatusLine(HTTPStatus(599)) } == "HTTP/1.1 599 Server Error\r\n")
    }

    @Test func `have room for every status`() {
        for code in 100...599 as ClosedRange<UInt16> {
            let line = Self.written { $0.appendStatusLine(HTTPStatus(code)) }
            #expect(line.utf8.count <= HTTPStatus.lineByteCount && line.hasPrefix("HTTP/1.1 \(code) "))
        }
    }

    @Test(arguments: [0, 7, 10, 13, 99, 100, 1_000_000, .max, -1, .min])
    func `hold numbers`(number: Int) { #expect(Self.written { $0.append(decimal: number) } == "\(number)") }

    @Test func `hold fields and take the bytes they promise`() {
        let headers: HTTPHeaders = [.contentType: "text/plain", "X-Own": "caf\u{E9}", .setCookie: "a"]
        let text = Self.written { $0.append(headers) }
        #expect(text == "Content-Type: text/plain\r\nx-own: caf\u{E9}\r\nSet-Cookie: a\r\n")
        #expect(headers.byteCount == text.utf8.count)
    }

    @Test(arguments: ["a\r\nX: b", "x"])
    func `hold single fields, cleaned`(value: String) {
        let text = Self.written { $0.appendField(.location, value) }
        #expect(text == "Location: \(value == "x" ? "x" : "a  X: b")\r\n")
    }

    @Test(arguments: [
        ("/a?b=c", "GET /a?b=c HTTP/1.1\r\n"), ("/a b", "GET /a%20b HTTP/1.1\r\n"),
        ("/a\r\nX: b", "GET /a%0D%0AX:%20b HTTP/1.1\r\n"),
        ("/caf\u{E9}", "GET /caf%C3%A9 HTTP/1.1\r\n"),
    ])
    func `ask for targets that cannot split a request`(target: String, expected: String) {
        let text = Self.written { $0.appendRequestLine(.get, target: target) }
        #expect(text == expected)
        #expect(text.utf8.count <= HTTPMethod.get.lineByteCount(target: target))
    }

    @Test func `pass received fields on as they came`() throws {
        let text =
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-HOP , accept\r\nX-oWn: \t b c \r\nAccept: d\r\n"
            + "X-Hop: e\r\nx-MINE: f\r\n\r\n"
        let head = try parseRequest(Array(text.utf8)).head
        let drops: HeaderNames = [.connection, .host, "x-mine"]
        let written = Self.written { $0.append(head.headers, dropping: drops) }
        #expect(written == "X-oWn: b c\r\n")
        #expect(HTTPHeaders(forwarding: head.headers, dropping: drops) == ["x-own": "b c"])
        #expect(written.utf8.count <= head.headers.byteCount)
    }

    @Test func `are read back as they were meant`() throws {
        let headers: HTTPHeaders = [.host: "a", .contentLength: "3", "x-own": "v\r\nX-Split: 1"]
        let text = Self.written { output in
            output.appendRequestLine(.post, target: "/a?b#c d")
            output.append(headers)
            output.append(literal: "\r\n")
        }
        // A fragment is no part of a request; the parser says so.
        #expect(parseRequest(Array(text.utf8)).summary.hasPrefix("400"))
        let head = try parseRequest(Array(text.replacing("#", with: "%23").utf8)).head
        #expect(head.method == .post && head.framing == .length(3) && head.headers.count == 3)
        #expect(head["x-own"] == "v  X-Split: 1")
    }
}
