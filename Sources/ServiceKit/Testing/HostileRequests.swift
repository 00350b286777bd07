/// Requests that must be refused, with the status that platform.md names. Plain data, so that the same table can be
/// sent over sockets.
package struct HostileRequest: Sendable, CustomStringConvertible {
    package let name: String
    package let status: UInt16
    package let bytes: [UInt8]

    init(_ name: String, _ status: UInt16, _ text: String) {
        self.init(name, status, bytes: Array(text.utf8))
    }

    init(_ name: String, _ status: UInt16, bytes: [UInt8]) {
        (self.name, self.status, self.bytes) = (name, status, bytes)
    }

    package var description: String { name }

    package static let all =
        lineEnds + methods + versions + targets + escapes + dots + absoluteForms + fieldNames + fieldValues + hosts
        + lengths + codings + others + limits + foreign + controlBytes + nonTokenBytes + targetBytes

    private static func get(_ name: String, _ target: String, _ status: UInt16 = 400) -> HostileRequest {
        HostileRequest(name, status, "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
    }

    private static func post(_ name: String, _ status: UInt16 = 400, _ fields: String...) -> HostileRequest {
        HostileRequest(
            name, status, "POST / HTTP/1.1\r\nHost: a\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n")
    }

    private static func host(_ name: String, _ value: String) -> HostileRequest {
        HostileRequest(name, 400, "GET / HTTP/1.1\r\nHost:\(value)\r\n\r\n")
    }

    static let lineEnds: [HostileRequest] = [
        .init("line feeds only", 400, "GET / HTTP/1.1\nHost: a\n\n"),
        .init("line feed after the request line", 400, "GET / HTTP/1.1\nHost: a\r\n\r\n"),
        .init("line feed after a field", 400, "GET / HTTP/1.1\r\nHost: a\n\r\n"),
        .init("line feed between two fields", 400, "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"),
        .init("line feed as the empty line", 400, "GET / HTTP/1.1\r\nHost: a\r\n\n"),
        .init("carriage return only after the request line", 400, "GET / HTTP/1.1\rHost: a\r\n\r\n"),
        .init("carriage return only, after a field", 400, "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"),
        .init("two carriage returns before the line feed", 400, "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"),
        .init("two carriage returns after a field", 400, "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"),
        .init("carriage return inside a value", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"),
        .init("carriage return as the empty line", 400, "GET / HTTP/1.1\r\nHost: a\r\n\rX"),
        .init("line feed before carriage return", 400, "GET / HTTP/1.1\n\rHost: a\n\r\n\r"),
        .init("line feed before the request", 400, "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("carriage return before the request", 400, "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("three empty lines before the request", 400, "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("folded field", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n"),
        .init("field folded with a tab", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n"),
        .init("folded Host", 400, "GET / HTTP/1.1\r\nHost:\r\n a\r\n\r\n"),
        .init("folded Content-Length", 400, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n 5\r\n\r\n"),
        .init("space before the first field", 400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        .init("a line of spaces", 400, "GET / HTTP/1.1\r\nHost: a\r\n   \r\n\r\n"),
        .init(
            "fold that hides a Transfer-Encoding", 400,
            "POST / HTTP/1.1\r\nHost: a\r\nX: y\r\n Transfer-Encoding: chunked\r\n\r\n"),
    ]

    static let methods: [HostileRequest] = [
        .init("no method", 400, " / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("method in brackets", 400, "<GET> / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("method with a colon", 400, "GET: / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("method with a slash", 400, "GE/T / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("method with a quote", 400, "\"GET\" / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("method that is not ASCII", 400, "GÉT / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("tab after the method", 400, "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("two spaces after the method", 400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("space before the method", 400, " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("method alone", 400, "GET\r\n\r\n"),
        .init("field instead of a request line", 400, "Host: a\r\n\r\n"),
        .init("endless method", 501, String(repeating: "A", count: 40) + " / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("CONNECT", 501, "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n"),
        .init("CONNECT with a path", 501, "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    static let versions: [HostileRequest] = [
        .init("HTTP/0.9", 400, "GET /\r\n\r\n"),
        .init("HTTP/0.9 with a space", 400, "GET / \r\n\r\n"),
        .init("version 0.9 by name", 505, "GET / HTTP/0.9\r\nHost: a\r\n\r\n"),
        .init("version 2.0", 505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
        .init("version 3.0", 505, "GET / HTTP/3.0\r\nHost: a\r\n\r\n"),
        .init("version 9.9", 505, "GET / HTTP/9.9\r\nHost: a\r\n\r\n"),
        .init("HTTP/2 preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        .init("version 1", 400, "GET / HTTP/1\r\nHost: a\r\n\r\n"),
        .init("version 1.", 400, "GET / HTTP/1.\r\nHost: a\r\n\r\n"),
        .init("version 11", 400, "GET / HTTP/11\r\nHost: a\r\n\r\n"),
        .init("version 1.10", 400, "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
        .init("version 01.1", 400, "GET / HTTP/01.1\r\nHost: a\r\n\r\n"),
        .init("version 1.x", 400, "GET / HTTP/1.x\r\nHost: a\r\n\r\n"),
        .init("version +1.1", 400, "GET / HTTP/+1.1\r\nHost: a\r\n\r\n"),
        .init("version in lower case", 400, "GET / http/1.1\r\nHost: a\r\n\r\n"),
        .init("version in mixed case", 400, "GET / Http/1.1\r\nHost: a\r\n\r\n"),
        .init("space in the version", 400, "GET / HTTP/ 1.1\r\nHost: a\r\n\r\n"),
        .init("space after the version", 400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
        .init("word after the version", 400, "GET / HTTP/1.1 x\r\nHost: a\r\n\r\n"),
        .init("another protocol", 400, "GET / HTTQ/1.1\r\nHost: a\r\n\r\n"),
        .init("RTSP", 400, "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
        .init("SIP", 400, "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP c\r\n\r\n"),
        .init("two spaces before the version", 400, "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("tab before the version", 400, "GET /\tHTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    static let targets: [HostileRequest] = [
        .get("space in the path", "/a b"),
        .get("space in the query", "/?a b"),
        .get("fragment", "/a#b"),
        .get("fragment after the query", "/a?b#c"),
        .get("quote in the path", "/\"a\""),
        .get("angle brackets in the path", "/<script>"),
        .get("angle brackets in the query", "/?q=<script>"),
        .get("backslash in the path", "/a\\b"),
        .get("caret in the path", "/a^b"),
        .get("backtick in the path", "/a`b"),
        .get("braces in the path", "/{a}"),
        .get("raw UTF-8 in the path", "/caf\u{E9}"),
        .get("raw UTF-8 in the query", "/?q=caf\u{E9}"),
        .get("relative path", "index.html"),
        .get("question mark only", "?a=b"),
        .get("asterisk with GET", "*"),
        .get("authority form with GET", "example.org:80"),
        .get("backslashes instead of slashes", "\\\\a\\b"),
        .init("asterisk with more after it", 400, "OPTIONS *a HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("asterisk path of POST", 400, "POST * HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    static let escapes: [HostileRequest] = [
        .get("escape without digits", "/%"),
        .get("escape with one digit", "/%4"),
        .get("escape cut by a slash", "/%4/a"),
        .get("escape with a wrong digit", "/%4G"),
        .get("escape with a wrong first digit", "/%G4"),
        .get("doubled percent", "/%%41"),
        .get("unicode escape of IIS", "/%u0041"),
        .get("escape with a sign", "/%-1"),
        .get("escaped NUL", "/a%00b"),
        .get("escaped NUL before a suffix", "/etc/passwd%00.png"),
        .get("escaped NUL in the query", "/?a=%00"),
        .get("broken escape in the query", "/?a=%zz"),
        .get("escape cut off in the query", "/?a=%4"),
        .get("percent at the end of the query", "/?discount=100%"),
        .get("escaped byte that is not UTF-8", "/%FF"),
        .get("escaped Latin-1", "/caf%E9"),
        .get("overlong slash", "/%C0%AF"),
        .get("overlong dot", "/%C0%AE%C0%AE/"),
        .get("three byte overlong slash", "/%E0%80%AF"),
        .get("overlong NUL", "/%C0%80"),
        .get("surrogate", "/%ED%A0%80"),
        .get("code point beyond Unicode", "/%F4%90%80%80"),
        .get("truncated UTF-8", "/%E2%82"),
        .get("truncated UTF-8 before an ASCII byte", "/%E2%82a"),
        .get("lone continuation byte", "/%80"),
        .get("query that is not UTF-8", "/?q=%FF"),
    ]

    static let dots: [HostileRequest] = [
        .get("parent of the root", "/.."),
        .get("parent of the root with a slash", "/../"),
        .get("parents deep down", "/../../../../etc/passwd"),
        .get("up more than down", "/a/../../b"),
        .get("up more than down at the end", "/a/b/../../.."),
        .get("escaped parent", "/%2e%2e/etc/passwd"),
        .get("half escaped parent", "/.%2E/etc/passwd"),
        .get("other half escaped parent", "/%2e./etc/passwd"),
        .get("parent after a dot", "/./../a"),
        .get("escaped slash after a parent", "/..%2fetc/passwd"),
        .get("escaped slash before a parent", "/a%2f..%2f..%2fb"),
        .get("all escaped", "/%2e%2e%2fetc%2fpasswd"),
        .get("escaped slash before a dot", "/a/b%2f./c"),
        .get("parent before a query", "/..?a"),
    ]

    static let absoluteForms: [HostileRequest] = [
        .get("another scheme", "ftp://a/"),
        .get("file scheme", "file:///etc/passwd"),
        .get("script scheme", "javascript:alert(1)"),
        .get("gopher", "gopher://a:6379/_INFO"),
        .get("scheme without slashes", "http:a"),
        .get("scheme with one slash", "http:/a"),
        .get("no authority", "http:///"),
        .get("nothing behind the scheme", "http://"),
        .get("another host", "http://b/"),
        .get("another port", "http://a:81/"),
        .get("user information", "http://u:p@a/"),
        .get("user information that looks like the host", "http://a@b/"),
        .get("port of the target that is a word", "http://a:b/"),
        .get("absolute form that leaves the root", "http://a/.."),
        .get("absolute form with a fragment", "http://a/#b"),
    ]

    static let fieldNames: [HostileRequest] = [
        .post("space before the colon", 400, "X : a"),
        .post("tab before the colon", 400, "X\t: a"),
        .post("space before the colon of Content-Length", 400, "Content-Length : 5"),
        .post("space before the colon of Transfer-Encoding", 400, "Transfer-Encoding : chunked"),
        .post("no colon", 400, "X"),
        .post("no colon in a known name", 400, "Content-Length"),
        .post("no name", 400, ": a"),
        .post("colon only", 400, ":"),
        .post("space in the name", 400, "X Y: a"),
        .post("quote in the name", 400, "\"X\": a"),
        .post("name that is not ASCII", 400, "X\u{E9}: a"),
        .post("zero width space in the name", 400, "Transfer\u{200B}-Encoding: chunked"),
        .post("full width letters", 400, "\u{FF28}ost: b"),
        .post("bracket that folds to a brace", 400, "Accept[: a"),
        .post("at sign that folds to a backtick", 400, "@ccept: a"),
        .post("request line as a field", 400, "GET / HTTP/1.1"),
        .post("byte order mark", 400, "\u{FEFF}X: a"),
    ]

    static let fieldValues: [HostileRequest] = [
        .init("NUL in a value", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"),
        .init("NUL at the start of a value", 400, "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"),
        .init("NUL in a name", 400, "GET / HTTP/1.1\r\nHost: a\r\nX\0: a\r\n\r\n"),
        .init("NUL in the method", 400, "G\0ET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("NUL in the path", 400, "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("NUL in the version", 400, "GET / HTTP/1.\0\r\nHost: a\r\n\r\n"),
        .init("NUL instead of the empty line", 400, "GET / HTTP/1.1\r\nHost: a\r\n\0"),
        .init("form feed before a value", 400, "GET / HTTP/1.1\r\nHost:\u{0C}a\r\n\r\n"),
        .init(
            "vertical tab before chunked", 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\u{0B}chunked\r\n\r\n"),
    ]

    static let hosts: [HostileRequest] = [
        .init("no Host", 400, "GET / HTTP/1.1\r\n\r\n"),
        .init("no Host among fields", 400, "GET / HTTP/1.1\r\nAccept: */*\r\nUser-Agent: a\r\n\r\n"),
        .init("two Hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        .init("the same Host twice", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        .init("Host twice in other cases", 400, "GET / HTTP/1.1\r\nHost: a\r\nHOST: a\r\n\r\n"),
        .init("two Hosts in HTTP/1.0", 400, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
        .host("empty Host", ""), .host("blank Host", "   "),
        .host("list of hosts", "a,b"), .host("list of hosts with a space", "a, b"),
        .host("space in the host", "a b"), .host("tab in the host", "a\tb"),
        .host("slash in the host", "a/b"), .host("scheme in the host", "http://a"),
        .host("user in the host", "u@a"), .host("question mark in the host", "a?b"),
        .host("fragment in the host", "a#b"), .host("backslash in the host", "a\\b"),
        .host("percent in the host", "a%00"), .host("quote in the host", "\"a\""),
        .host("angle brackets in the host", "<a>"), .host("semicolon in the host", "a;b"),
        .host("port that is a word", "a:http"), .host("port beyond 65535", "a:65536"),
        .host("port of six digits", "a:000080"), .host("negative port", "a:-1"),
        .host("port with a sign", "a:+80"), .host("two ports", "a:80:80"),
        .host("port without a host", ":80"), .host("open bracket", "[::1"),
        .host("closed bracket", "::1]"), .host("empty brackets", "[]"),
        .host("zone in the address", "[fe80::1%25eth0]"), .host("word behind the address", "[::1]a"),
        .host("words in the brackets", "[host]"), .host("host that is not ASCII", "b\u{FC}cher"),
    ]

    static let lengths: [HostileRequest] = [
        .post("two lengths", 400, "Content-Length: 5", "Content-Length: 6"),
        .post("the same length twice", 400, "Content-Length: 5", "Content-Length: 5"),
        .post("length twice in other cases", 400, "Content-Length: 5", "CONTENT-LENGTH: 6"),
        .post("list of lengths", 400, "Content-Length: 5, 6"),
        .post("list of equal lengths", 400, "Content-Length: 5,5"),
        .post("positive sign", 400, "Content-Length: +5"),
        .post("negative length", 400, "Content-Length: -5"),
        .post("negative zero", 400, "Content-Length: -0"),
        .post("space in the length", 400, "Content-Length: 1 0"),
        .post("tab in the length", 400, "Content-Length: 1\t0"),
        .post("empty length", 400, "Content-Length:"),
        .post("blank length", 400, "Content-Length:   "),
        .post("hexadecimal length", 400, "Content-Length: 0x10"),
        .post("hexadecimal digits", 400, "Content-Length: A"),
        .post("decimal point", 400, "Content-Length: 5.0"),
        .post("exponent", 400, "Content-Length: 1e3"),
        .post("underscore", 400, "Content-Length: 1_0"),
        .post("quoted length", 400, "Content-Length: \"5\""),
        .post("semicolon behind the length", 400, "Content-Length: 5;"),
        .post("word", 400, "Content-Length: five"),
        .post("true", 400, "Content-Length: true"),
        .post("length beyond 63 bits", 400, "Content-Length: 9223372036854775808"),
        .post("length beyond 64 bits", 400, "Content-Length: 18446744073709551616"),
        .post("length that wraps to 5", 400, "Content-Length: 18446744073709551621"),
        .post("length of a hundred digits", 400, "Content-Length: " + String(repeating: "9", count: 100)),
        .post("Arabic digits", 400, "Content-Length: \u{0665}"),
        .post("full width digits", 400, "Content-Length: \u{FF15}"),
    ]

    static let codings: [HostileRequest] = [
        .post("length, then coding", 400, "Content-Length: 5", "Transfer-Encoding: chunked"),
        .post("coding, then length", 400, "Transfer-Encoding: chunked", "Content-Length: 5"),
        .post("coding and no length at all", 400, "Transfer-Encoding: chunked", "Content-Length: 0"),
        .post("length, then unknown coding", 400, "Content-Length: 5", "Transfer-Encoding: xchunked"),
        .post("chunked twice", 400, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
        .post("chunked twice in a list", 400, "Transfer-Encoding: chunked, chunked"),
        .post("chunked not last", 400, "Transfer-Encoding: chunked, gzip"),
        .post("chunked not last in two fields", 400, "Transfer-Encoding: chunked", "Transfer-Encoding: gzip"),
        .post("chunked not last, with identity", 400, "Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
        .post("empty coding", 400, "Transfer-Encoding:"),
        .post("coding that is a comma", 400, "Transfer-Encoding: ,"),
        .post("comma before chunked", 400, "Transfer-Encoding: ,chunked"),
        .post("comma behind chunked", 400, "Transfer-Encoding: chunked,"),
        .post("quoted chunked", 400, "Transfer-Encoding: \"chunked\""),
        .post("chunked in brackets", 400, "Transfer-Encoding: [chunked]"),
        .post("space in chunked", 400, "Transfer-Encoding: chun ked"),
        .post("chunked with a parameter", 501, "Transfer-Encoding: chunked;q=1"),
        .post("gzip before chunked", 501, "Transfer-Encoding: gzip, chunked"),
        .post("gzip", 501, "Transfer-Encoding: gzip"),
        .post("identity", 501, "Transfer-Encoding: identity"),
        .post("identity before chunked", 501, "Transfer-Encoding: identity", "Transfer-Encoding: chunked"),
        .post("xchunked", 501, "Transfer-Encoding: xchunked"),
        .post("chunkedx", 501, "Transfer-Encoding: chunkedx"),
        .post("cow", 501, "Transfer-Encoding: cow"),
        .post("unknown coding, then length", 501, "Transfer-Encoding: x", "Content-Length: 5"),
        .init("chunked in HTTP/1.0", 400, "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
        .init(
            "chunked in HTTP/1.0 with keep-alive", 400,
            "POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ]

    static let others: [HostileRequest] = [
        .post("unknown expectation", 417, "Expect: 200-ok"),
        .post("expectation with more", 417, "Expect: 100-continue, x"),
        .post("empty expectation", 417, "Expect:"),
    ]

    static let limits: [HostileRequest] = [
        .get("path of 20,000 bytes", "/" + String(repeating: "a", count: 20_000), 414),
        .get("query of 20,000 bytes", "/?" + String(repeating: "a", count: 20_000), 414),
        .init("endless request line", 414, "GET /" + String(repeating: "a", count: 17_000)),
        .init("endless first word", 414, String(repeating: "A", count: 17_000)),
        .init("endless field", 431, "GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 17_000)),
        .init("endless field name", 431, "GET / HTTP/1.1\r\n" + String(repeating: "a", count: 17_000)),
        .post("field of 17,000 bytes", 431, "X: " + String(repeating: "a", count: 17_000)),
        .post("a hundred and one fields", 431, (0..<100).map { "X\($0): a" }.joined(separator: "\r\n")),
        .post(
            "fields of 17,000 bytes together", 431,
            (0..<17).map { "X\($0): " + String(repeating: "a", count: 1_000) }.joined(separator: "\r\n")),
        .post("ten thousand empty fields", 431, String(repeating: "X:\r\n", count: 10_000) + "X:"),
    ]

    static let foreign: [HostileRequest] = [
        .init("TLS hello", 400, bytes: [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03]),
        .init("SSH", 400, "SSH-2.0-OpenSSH_9.6\r\n"),
        .init("SOCKS5", 400, bytes: [0x05, 0x01, 0x00]),
        .init("PROXY protocol 1", 400, "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(
            "PROXY protocol 2", 400, bytes: [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]),
        .init("Redis", 400, "*1\r\n$4\r\nPING\r\n"),
        .init("SMTP", 400, "EHLO example.org\r\n"),
        .init("UTF-16", 400, bytes: [0xFF, 0xFE, 0x47, 0x00, 0x45, 0x00, 0x54, 0x00]),
        .init("zeros", 400, bytes: Array(repeating: 0, count: 64)),
        .init("byte order mark before the request", 400, "\u{FEFF}GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init("JSON", 400, "{\"a\": 1}\r\n\r\n"),
        .init(
            "smuggled second request in a value", 400,
            "GET / HTTP/1.1\r\nHost: a\r\nX: a\n\nGET /admin HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    static let controlBytes: [HostileRequest] = (Array(0x00...0x1F) + [0x7F]).filter { $0 != 0x09 }.map { byte in
        HostileRequest(
            "control byte \(byte) in a value", 400,
            bytes: Array("GET / HTTP/1.1\r\nHost: a\r\nX: a".utf8) + [byte] + Array("b\r\n\r\n".utf8))
    }

    static let nonTokenBytes: [HostileRequest] = Array("\t \"(),/;<=>?@[\\]{}".utf8).map { byte in
        HostileRequest(
            "byte \(byte) in a field name", 400,
            bytes: Array("GET / HTTP/1.1\r\nHost: a\r\nX".utf8) + [byte] + Array("Y: b\r\n\r\n".utf8))
    }

    static let targetBytes: [HostileRequest] =
        ([0x01, 0x09, 0x0B, 0x0C, 0x1F, 0x20, 0x7F, 0x80, 0xA0, 0xC3, 0xFF] as [UInt8]).map {
            HostileRequest(
                "byte \($0) in the target", 400,
                bytes: Array("GET /a".utf8) + [$0] + Array("b HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        }
}
