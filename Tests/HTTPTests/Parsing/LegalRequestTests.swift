import Testing
import TradewindHTTP

/// Odd but lawful requests, and what must be understood.
struct LegalRequest: Sendable, CustomStringConvertible {
    let name: String, text: String
    let check: @Sendable (RequestHead) -> Bool

    init(_ name: String, _ text: String, _ check: @escaping @Sendable (RequestHead) -> Bool) {
        (self.name, self.text, self.check) = (name, text, check)
    }

    /// A GET of the target.
    init(target: String, _ check: @escaping @Sendable (RequestHead) -> Bool) {
        self.init(target, "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n", check)
    }

    /// A POST with these fields besides Host.
    init(fields: String..., check: @escaping @Sendable (RequestHead) -> Bool) {
        self.init(
            fields.joined(separator: ", "),
            "POST / HTTP/1.1\r\nHost: a\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n", check)
    }

    /// A GET with this Host.
    init(host: String) {
        self.init("Host: \(host)", "GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") { $0[.host] == host }
    }

    var description: String { name }

    static let all = lines + targets + fields + connections

    static let lines: [LegalRequest] = [
        .init("an empty line first", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n") { $0.path == "/" && $0.target == "/" },
        .init("two empty lines first", "\r\n\r\nGET /a?b HTTP/1.1\r\nHost: a\r\n\r\n") {
            $0.path == "/a" && $0.query == "b"
        },
        .init("HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n") { $0.version == .http10 && $0.headers.count == 0 },
        .init("a later minor version", "GET / HTTP/1.2\r\nHost: a\r\n\r\n") { $0.version == .http11 && $0.keepsAlive },
        .init("a method of one's own", "BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n") { $0.method == .other("BREW") },
        .init("a method in lower case", "get / HTTP/1.1\r\nHost: a\r\n\r\n") { $0.method == .other("get") },
        .init("a method of odd characters", "M-!#$%&'*+.^_`|~ / HTTP/1.1\r\nHost: a\r\n\r\n") {
            $0.method == .other("M-!#$%&'*+.^_`|~")
        },
        .init("every known method but CONNECT", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n") { $0.method == .trace },
        .init("OPTIONS of the server", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n") {
            $0.path == "*" && $0.method == .options
        },
    ]

    static let targets: [LegalRequest] = [
        .init(target: "/a%20b") { $0.path == "/a b" && $0.target == "/a%20b" },
        .init(target: "/caf%C3%A9") { $0.path == "/caf\u{E9}" },
        .init(target: "/%F0%9F%98%80") { $0.path == "/\u{1F600}" },
        .init(target: "/a/./b") { $0.path == "/a/b" },
        .init(target: "/a/../b") { $0.path == "/b" && $0.target == "/a/../b" },
        .init(target: "/a/b/..") { $0.path == "/a/" },
        .init(target: "/a/..") { $0.path == "/" },
        .init(target: "/.") { $0.path == "/" },
        .init(target: "/a/%2E%2e/b") { $0.path == "/b" },
        .init(target: "/%61%70i") { $0.withPath { $0.count } == 4 && $0.path == "/api" },
        .init(target: "/a/../../a/..".replacing("/../../a", with: "/../a/b")) { $0.path == "/a/" },
        .init(target: "/...") { $0.path == "/..." },
        .init(target: "/..a/.b/c..") { $0.path == "/..a/.b/c.." },
        .init(target: "/.well-known/x") { $0.path == "/.well-known/x" },
        .init(target: "/a%2Fb") { $0.withPath { $0.count } == 6 && $0.path == "/a/b" },
        .init(target: "//a//b") { $0.path == "//a//b" },
        .init(target: "//..") { $0.path == "/" },
        .init(target: "/a;v=1/b,c;d") { $0.path == "/a;v=1/b,c;d" },
        .init(target: "/-._~!$&'()*+,;=:@|[]") { $0.path == "/-._~!$&'()*+,;=:@|[]" },
        .init(target: "/?") { $0.query == "" && $0.queryItems.items.isEmpty },
        .init(target: "/??a=b?c") { $0.query == "?a=b?c" && $0.queryItems["?a"] == "b?c" },
        .init(target: "/?a=1&b=2&a=3&&c&=d") {
            $0.queryItems.all("a") == ["1", "3"] && $0.queryItems["b"] == "2" && $0.queryItems["c"] == ""
                && $0.queryItems[""] == "d" && $0.queryItems["e"] == nil
        },
        .init(target: "/?q=a+b%2Bc%26d%3De&%C3%A9=%E2%82%AC") {
            $0.queryItems["q"] == "a b+c&d=e" && $0.queryItems["\u{E9}"] == "\u{20AC}"
        },
        .init(target: "/?q={a}|[b]^`\\~'/") { $0.queryItems["q"] == "{a}|[b]^`\\~'/" },
        .init(target: "/?../..") { $0.path == "/" && $0.query == "../.." },
        .init(target: "http://a/b?c") { $0.path == "/b" && $0.query == "c" && $0.target == "http://a/b?c" },
        .init(target: "HTTP://A") { $0.path == "/" && $0.query == nil },
        .init(target: "http://a?b") { $0.path == "/" && $0.query == "b" },
        .init(target: "https://a/x/../%7Eb") { $0.path == "/~b" },
    ]

    static let fields: [LegalRequest] = [
        .init(host: "example.org"), .init(host: "EXAMPLE.org:8080"), .init(host: "127.0.0.1"), .init(host: "[::1]:80"),
        .init(host: "a_b.c-d."), .init(host: "a:"), .init(host: "xn--bcher-kva.example:65535"),
        .init(fields: "X-Empty:") { $0["x-empty"] == "" },
        .init(fields: "X-Blank: \t ") { $0["x-blank"] == "" },
        .init(fields: "X-Tight:a") { $0["x-tight"] == "a" },
        .init(fields: "X-Wide: \t a \t b \t ") { $0["x-wide"] == "a \t b" },
        .init(fields: "x-cAsE: a") { $0["X-Case"] == "a" },
        .init(fields: "USER-AGENT: a") { $0[.userAgent] == "a" },
        .init(fields: "X: a:b: c") { $0["x"] == "a:b: c" },
        .init(fields: "X: caf\u{E9}") { $0["x"] == "caf\u{E9}" },
        .init(fields: "!#$%&'*+-.^_`|~09Az: a") { $0["!#$%&'*+-.^_`|~09Az"] == "a" },
        .init(fields: "Accept: a", "X: 1", "Accept: b, c") { $0.all(.accept) == ["a", "b, c"] && $0[.accept] == "a" },
        .init(fields: "Accept: a, B;q=1 ,, c") {
            $0.has(.accept, token: "c") && $0.has(.accept, token: "a") && !$0.has(.accept, token: "b")
        },
        .init(fields: "Content-Length: 5") { $0.framing == .length(5) },
        .init(fields: "Content-Length: 005") { $0.framing == .length(5) },
        .init(fields: "content-length:\t5 ") { $0.framing == .length(5) },
        .init(fields: "Content-Length: 0") { $0.framing == .none },
        .init(fields: "Content-Length: 999999999999999999") { $0.framing == .length(999_999_999_999_999_999) },
        .init(fields: "Transfer-Encoding: chunked") { $0.framing == .chunked },
        .init(fields: "TRANSFER-ENCODING:CHUNKED") { $0.framing == .chunked },
        .init(fields: "Expect: 100-continue") { $0.expectsContinue },
        .init(fields: "expect: 100-Continue") { $0.expectsContinue },
        .init("an expectation of a 1.0 client", "GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n") {
            !$0.expectsContinue
        },
    ]

    static let connections: [LegalRequest] = [
        .init(fields: "X: a") { $0.keepsAlive && !$0.wantsUpgrade && !$0.expectsContinue && $0.framing == .none },
        .init(fields: "Connection: close") { !$0.keepsAlive },
        .init(fields: "Connection: x, CLOSE") { !$0.keepsAlive },
        .init(fields: "Connection: keep-alive, close") { !$0.keepsAlive },
        .init(fields: "Connection: closed") { $0.keepsAlive },
        .init(fields: "Connection: x", "Connection: close") { !$0.keepsAlive },
        .init("1.0 closes", "GET / HTTP/1.0\r\n\r\n") { !$0.keepsAlive },
        .init("1.0 may ask to be kept", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n") { $0.keepsAlive },
        .init("1.0 that asks both closes", "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n") {
            !$0.keepsAlive
        },
        .init(fields: "Connection: keep-alive, Upgrade", "Upgrade: WebSocket") {
            $0.wantsUpgrade && $0.has(.upgrade, token: "websocket")
        },
        .init(fields: "Upgrade: websocket") { !$0.wantsUpgrade },
        .init(fields: "Connection: upgrade") { !$0.wantsUpgrade },
    ]
}

@Suite struct `Legal oddities` {
    @Test(arguments: LegalRequest.all)
    func `are understood`(request: LegalRequest) throws {
        let bytes = Array(request.text.utf8)
        let step = parseRequest(bytes)
        #expect(try request.check(step.head), "\(step.summary)")
        #expect(step.consumed == bytes.count)
    }

    @Test(arguments: LegalRequest.all)
    func `are understood however they are cut`(request: LegalRequest) {
        let bytes = Array(request.text.utf8)
        let expected = parseRequest(bytes).summary
        for feeding in Feeding.all(for: bytes.count) {
            #expect(parseRequest(bytes, feeding).summary == expected, "\(feeding)")
        }
    }

    @Test(arguments: LegalRequest.all)
    func `are awaited while anything is missing`(request: LegalRequest) {
        let bytes = Array(request.text.utf8)
        for count in 0..<bytes.count { #expect(parseRequest(Array(bytes[..<count])).summary == "need more") }
    }

    @Test func `every byte means the same to the parser as to the RFCs`() {
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        // RFC 9110 §5.6.2; RFC 3986 §3.3 and what browsers send; visible ASCII less what browsers escape; RFC 3986
        // §3.2.2.
        let names = Set((letters + "!#$%&'*+-.^_`|~").utf8)
        let paths = Set((letters + "-._~!$&'()*+,;=:@/|[]").utf8)
        let queries = Set(UInt8(0x21)...0x7E).subtracting("\"#<>%".utf8)
        let hosts = Set((letters + "-._").utf8)
        let values = Set(UInt8(0x20)...0xFF).subtracting([0x7F]).union([0x09])
        func accepts(_ before: String, _ byte: UInt8, _ after: String) -> Bool {
            if case .head = parseRequest(Array(before.utf8) + [byte] + Array(after.utf8)) { true } else { false }
        }
        for byte in UInt8.min...UInt8.max {
            #expect(
                accepts("GET / HTTP/1.1\r\nHost: a\r\nX", byte, "x: a\r\n\r\n")
                    == (names.contains(byte) || byte == 0x3A))
            #expect(accepts("GET /a", byte, "b HTTP/1.1\r\nHost: a\r\n\r\n") == (paths.contains(byte) || byte == 0x3F))
            #expect(accepts("GET /?a", byte, "b HTTP/1.1\r\nHost: a\r\n\r\n") == queries.contains(byte))
            #expect(accepts("GET / HTTP/1.1\r\nHost: a", byte, "b\r\n\r\n") == hosts.contains(byte))
            #expect(accepts("GET / HTTP/1.1\r\nHost: a\r\nX: a", byte, "b\r\n\r\n") == values.contains(byte))
        }
    }
}
