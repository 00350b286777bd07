import Testing
import TradewindHTTP

private func headers(_ fields: [String]) throws -> ReceivedHeaders {
    let text = "GET / HTTP/1.1\r\nHost: a\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
    return try parseRequest(Array(text.utf8)).head.headers
}

@Suite struct `Content negotiation` {
    @Test(arguments: [
        ("gzip", true), ("GZIP", true), ("x-gzip", true), ("gzip, deflate, br, zstd", true),
        ("deflate, gzip;q=1.0", true),
        ("*", true), ("gzip;q=0.001", true), ("br;q=1.0, gzip;q=0.8, *;q=0.1", true), ("gzip; q=0.5", true),
        ("gzip ;Q=0.5", true),
        ("", false), ("deflate", false), ("identity", false), ("gzip;q=0", false), ("gzip;q=0.000", false),
        ("*;q=0", false),
        ("gzip;q=0, *", false), ("*, gzip;q=0", false), ("gzipped", false), ("gzip;q=x", false), ("gzip;q=", false),
        ("gzip;q=2", false),
        ("gzip;q=-1", false), ("gzip;q=1.001", false), ("gzip;q=0.0001", false), ("gzip;v=1", false), (",,", false),
        (";", false),
    ])
    func `knows whether gzip is welcome`(field: String, expected: Bool) throws {
        #expect(try headers(["Accept-Encoding: \(field)"]).acceptsGzip == expected)
    }

    @Test func `reads all fields of a name`() throws {
        #expect(try headers(["Accept-Encoding: br", "Accept-Encoding: gzip"]).acceptsGzip)
        #expect(try !headers([]).acceptsGzip)
    }

    /// Offers: application/json, text/html, text/plain;charset=utf-8.
    @Test(arguments: [
        ("*/*", "application/json"), ("text/html", "text/html"), ("text/*", "text/html"), ("TEXT/HTML", "text/html"),
        ("application/json;q=0.5, text/html", "text/html"),
        ("text/html;q=0.5, application/json;q=0.6", "application/json"),
        ("text/*;q=0.9, */*;q=0.1", "text/html"), ("*/*, application/json;q=0", "text/html"),
        ("text/*, text/html;q=0", "text/plain"), ("text/plain;charset=utf-8, */*;q=0.5", "text/plain"),
        ("text/plain;charset=latin1", nil), ("image/png", nil), ("image/*", nil), ("*/*;q=0", nil),
        ("application/json;q=0", nil),
        ("application/xml, */*;q=0.1", "application/json"), ("", "application/json"), ("nonsense", "application/json"),
        ("text/html;x=\"a,b\";q=0.5, application/json;q=0.1", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", "text/html"),
    ])
    func `chooses what the client likes best`(accept: String, expected: String?) throws {
        let offers = try ["application/json", "text/html", "text/plain; charset=utf-8"].map {
            try #require(MediaType($0))
        }
        #expect(try headers(["Accept: \(accept)"]).preferred(of: offers)?.essence == expected)
    }
}

@Suite struct `Media types` {
    @Test func `are taken apart`() throws {
        let type = try #require(MediaType("Multipart/Form-Data; Boundary=\"a; b\\\"c\" ;charset=UTF-8;"))
        #expect(type.essence == "multipart/form-data" && type.boundary == "a; b\"c" && type.charset == "utf-8")
        #expect(type["x"] == nil)
        #expect(type.description == "multipart/form-data; boundary=\"a; b\\\"c\"; charset=UTF-8")
        #expect(MediaType(type.description) == type)
    }

    @Test(arguments: [
        ("application/json", true), ("application/problem+json; charset=utf-8", true), ("application/jsonp", false),
        ("text/json", false), ("application/cloudevents+json", true),
    ])
    func `say whether they are JSON`(text: String, expected: Bool) { #expect(MediaType(text)?.isJSON == expected) }

    @Test(arguments: [
        "", "text", "text/", "/html", "text html", "text/html/x", "te xt/html", "text/html; charset", "text/html; =a",
        "text/html; a=\"b", "text/html; a=b c", "text/html; a=\"b\"c\"", "text/html; a=\"\\", "text/html; a=", ";",
        "text;a=b",
    ])
    func `that are malformed are refused`(text: String) { #expect(MediaType(text) == nil) }
}

@Suite struct `Percent-encoding` {
    @Test(arguments: [
        ("", ""), ("a-b_c.d~e", "a-b_c.d~e"), ("a b", "a%20b"), ("/?&=+%", "%2F%3F%26%3D%2B%25"),
        ("\u{20AC}", "%E2%82%AC"),
    ])
    func `keeps unreserved characters alone`(text: String, encoded: String) {
        #expect(PercentCoding.encode(text) == encoded)
        #expect(PercentCoding.decode(encoded) == text)
    }

    @Test func `keeps what it is told to`() { #expect(PercentCoding.encode("/a b/c?", keeping: "/") == "/a%20b/c%3F") }

    @Test func `reads a plus as a space in forms only`() {
        #expect(PercentCoding.decode("a+b") == "a+b")
        #expect(PercentCoding.decode("a+b%2B", plusIsSpace: true) == "a b+")
    }

    @Test(arguments: [
        "%", "%4", "%4x", "%x4", "%%", "a%00b", "%FF", "%C3", "%C3a", "%E2%82", "%C0%80", "%ED%A0%80", "%F5%80%80%80",
    ])
    func `that is broken is not guessed at`(text: String) {
        #expect(PercentCoding.decode(text) == nil)
        #expect(QueryItems(form: Array("a=\(text)".utf8).span) == nil)
    }

    @Test func `of forms gives names and values in order`() throws {
        let form = Array("name=Ada+Lovelace&tag=a&tag=%C3%A9&empty=&flag&&=x&sum=1%2B1=2".utf8)
        let decoded = QueryItems(form: form.span)
        let items = try #require(decoded)
        #expect(
            items.items.map { "\($0.name):\($0.value)" } == [
                "name:Ada Lovelace", "tag:a", "tag:\u{E9}", "empty:", "flag:", ":x", "sum:1+1=2",
            ])
        #expect(QueryItems(form: Array("a&b&c".utf8).span, limit: 2) == nil)
        let raw: [UInt8] = [0x61, 0x3D, 0xFF]
        #expect(QueryItems(form: raw.span) == nil)
    }
}
