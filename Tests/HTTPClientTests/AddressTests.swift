import Testing
import TradewindHTTP
import TradewindHTTPClient

@Suite struct `Addresses` {
    @Test(arguments: [
        ("http://example.com", "http://example.com", "/"),
        ("HTTP://Example.COM:80/", "http://example.com", "/"),
        ("https://example.com:443/a/b?c=d&e", "https://example.com", "/a/b?c=d&e"),
        ("http://example.com:8080?q=1", "http://example.com:8080", "/?q=1"),
        ("http://example.com/a#part", "http://example.com", "/a"),
        ("http://example.com#part", "http://example.com", "/"),
        ("ws://127.0.0.1:9/ws", "http://127.0.0.1:9", "/ws"),
        ("wss://[::1]:8443/ws", "https://[::1]:8443", "/ws"),
        ("http://[2001:DB8::1]/", "http://[2001:db8::1]", "/"),
        ("http://name_with_underscore/", "http://name_with_underscore", "/"),
        ("http://example.com:/", "http://example.com", "/"),
        ("http://example.com/?redirect=http://other/", "http://example.com", "/?redirect=http://other/"),
    ])
    func `are taken apart`(text: String, origin: String, target: String) throws {
        let address = try #require(Address(text))
        #expect(address.origin.description == origin)
        #expect(address.target == target)
    }

    @Test(arguments: [
        "", "example.com", "/path", "ftp://example.com/", "http:/example.com", "http://", "http:///path",
        "http://user@example.com/", "http://user:secret@example.com/", "http://exa mple.com/",
        "http://example.com:0/", "http://example.com:65536/", "http://example.com:-1/", "http://example.com:8o/",
        "http://example.com:+80/", "http://[::1", "http://[::1]x/", "http://[127.0.0.1]/", "http://[]/",
        "http://a\r\nb/", "http://a%00b/", "http://exämple.com/", "http://a:b:1/", "http://\u{301}a/",
        "http://a:\u{301}80/",
        "http://\(String(repeating: "a", count: 254))/",
    ])
    func `that are none are refused`(text: String) {
        #expect(Address(text) == nil)
        #expect(throws: ClientError.invalidAddress(text)) { try ClientRequest(.get, text) }
    }

    @Test(
        arguments: [
            ("http://other/x", "http://other/x"), ("//other:81/x", "http://other:81/x"),
            ("/x", "http://here/x"), ("x", "http://here/a/x"), ("./x", "http://here/a/x"), ("../x", "http://here/x"),
            ("../../../x", "http://here/x"), ("x/./y/../z", "http://here/a/x/z"), ("..", "http://here/"),
            (".", "http://here/a/"), ("?r=2", "http://here/a/b?r=2"), ("", "http://here/a/b?q=1"),
            ("#part", "http://here/a/b?q=1"), ("/x?u=../y", "http://here/x?u=../y"), ("/x#part", "http://here/x"),
            ("x:y", nil), ("mailto:a@b", nil), ("ftp://other/", nil), ("http://", nil), ("/a:b", "http://here/a:b"),
        ] as [(String, String?)])
    func `resolve what a Location field says`(reference: String, expected: String?) throws {
        let base = try #require(Address("http://here/a/b?q=1"))
        #expect(base.resolving(reference).map { "\($0.origin)\($0.target)" } == expected)
    }
}
