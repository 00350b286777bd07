import Testing
import TradewindHTTP

@Suite struct `Opening a WebSocket` {
    static let request = [
        "upgrade": "websocket", "connection": "Upgrade", "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]

    static func handshake(
        _ changes: [String: String?] = [:], method: String = "GET", isHTTP11: Bool = true, subprotocols: [String] = []
    ) throws(WebSocketRefusal) -> WebSocketServerHandshake {
        var fields = request
        for (name, value) in changes { fields[name] = value }
        return try WebSocketServerHandshake(method: method, isHTTP11: isHTTP11, subprotocols: subprotocols) {
            fields[$0.lowercased()]
        }
    }

    static func field(_ name: String, of headers: [WebSocketHeader]) -> String? {
        headers.first { $0.name == name }?.value
    }

    @Test func `the example of the RFC is answered as the RFC says`() throws {
        let headers = try Self.handshake(["sec-websocket-protocol": "chat, superchat"], subprotocols: ["chat"]).headers
        #expect(
            headers.map { "\($0.name): \($0.value)" } == [
                "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                "Sec-WebSocket-Protocol: chat",
            ])
    }

    @Test(arguments: [
        ("connection", "keep-alive, Upgrade"), ("connection", "UPGRADE"), ("upgrade", "WebSocket"),
        ("upgrade", "h2c , websocket"), ("sec-websocket-extensions", "x-unknown; a=1; b=\"c\""),
        ("sec-websocket-extensions", ""), ("sec-websocket-extensions", " , x-a,, x-b"),
    ])
    func `fields are read as lists, in any case`(_ name: String, _ value: String) throws {
        let handshake = try Self.handshake([name: value])
        #expect(handshake.deflate == nil && handshake.subprotocol == nil)
    }

    @Test(
        arguments: [
            ("upgrade", nil, 426), ("upgrade", "h2c", 426), ("upgrade", "websockets", 426), ("connection", nil, 400),
            ("connection", "keep-alive", 400), ("connection", "upgraded", 400), ("sec-websocket-version", nil, 426),
            ("sec-websocket-version", "8", 426), ("sec-websocket-version", "13, 8", 426),
            ("sec-websocket-key", nil, 400),
            ("sec-websocket-key", "", 400), ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZ===", 400),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=", 400),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZSE=", 400),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25j!Q==", 400),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==", 400),
            ("sec-websocket-extensions", "a;", 400), ("sec-websocket-extensions", "a b", 400),
            ("sec-websocket-extensions", "a; b=", 400), ("sec-websocket-extensions", "a; b=\"c", 400),
            ("sec-websocket-extensions", "a; b=\"\"", 400), ("sec-websocket-extensions", "a; b=\"c d\"", 400),
            ("sec-websocket-extensions", ";", 400), ("sec-websocket-extensions", "a; b=\"c\\", 400),
            ("sec-websocket-extensions", "é", 400),
        ] as [(String, String?, Int)])
    func `a request that lacks something is refused`(_ name: String, _ value: String?, _ status: Int) throws {
        let refusal = #expect(throws: WebSocketRefusal.self) { try Self.handshake([name: value]) }
        #expect(refusal?.status == status)
        let version = Self.field("Sec-WebSocket-Version", of: refusal?.headers ?? [])
        #expect(version == (status == 426 ? "13" : nil))
    }

    @Test func `only GET over HTTP 1.1 opens one`() {
        for (method, isHTTP11) in [("POST", true), ("get", true), ("GET", false)] {
            let refusal = #expect(throws: WebSocketRefusal.self) {
                try Self.handshake(method: method, isHTTP11: isHTTP11)
            }
            #expect(refusal?.status == 400)
        }
    }

    @Test(
        arguments: [
            ("a, b", ["b", "a"], "a"), ("x, b", ["a", "b"], "b"), ("x", ["a"], nil), ("A", ["a"], nil),
            ("", ["a"], nil),
        ] as [(String, [String], String?)])
    func `the first subprotocol of the client that we speak is chosen`(
        _ offered: String, _ spoken: [String], _ chosen: String?
    ) throws {
        let handshake = try Self.handshake(["sec-websocket-protocol": offered], subprotocols: spoken)
        #expect(handshake.subprotocol == chosen)
        #expect(Self.field("Sec-WebSocket-Protocol", of: handshake.headers) == chosen)
    }

    static let answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

    @Test(
        arguments: [
            ("permessage-deflate", answer),
            ("permessage-deflate; client_max_window_bits", answer),
            ("permessage-deflate; client_max_window_bits=8", answer),
            ("permessage-deflate; server_no_context_takeover; client_no_context_takeover", answer),
            ("permessage-deflate; server_max_window_bits=15", answer),
            ("permessage-deflate; server_max_window_bits=10", answer + "; server_max_window_bits=10"),
            ("permessage-deflate; server_max_window_bits=\"9\"", answer + "; server_max_window_bits=9"),
            ("permessage-deflate ;server_max_window_bits = 12", answer + "; server_max_window_bits=12"),
            ("x-webkit, permessage-deflate", answer),
            ("permessage-deflate; server_max_window_bits=8, permessage-deflate", answer),
            (
                "permessage-deflate; unknown, permessage-deflate; server_max_window_bits=11",
                answer + "; server_max_window_bits=11"
            ),
            ("permessage-deflate; server_max_window_bits=8", nil),
            ("permessage-deflate; server_max_window_bits", nil),
            ("permessage-deflate; server_max_window_bits=7", nil),
            ("permessage-deflate; server_max_window_bits=16", nil),
            ("permessage-deflate; server_max_window_bits=09", nil),
            ("permessage-deflate; server_max_window_bits=+9", nil),
            ("permessage-deflate; client_max_window_bits=16", nil),
            ("permessage-deflate; server_no_context_takeover=1", nil),
            ("permessage-deflate; client_no_context_takeover; client_no_context_takeover", nil),
            ("permessage-deflate; client_max_window_bits; client_max_window_bits=9", nil),
            ("permessage-deflate; unknown", nil),
            ("Permessage-Deflate", nil),
        ] as [(String, String?)])
    func `compression is agreed on or declined, never fatal`(_ offer: String, _ answer: String?) throws {
        let handshake = try Self.handshake(["sec-websocket-extensions": offer])
        #expect(Self.field("Sec-WebSocket-Extensions", of: handshake.headers) == answer)
        #expect((handshake.deflate == nil) == (answer == nil))
        #expect(handshake.deflate?.server.keepsContext != true && handshake.deflate?.client.keepsContext != true)
    }

    @Test func `compression can be turned off`() throws {
        let handshake = try WebSocketServerHandshake(method: "GET", isHTTP11: true, mayCompress: false) {
            (Self.request.merging(["sec-websocket-extensions": "permessage-deflate"]) { $1 })[$0.lowercased()]
        }
        #expect(handshake.deflate == nil)
    }

    @Test func `SHA-1 and base64 give what their standards list`() {
        let hashes = [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
            ),
            (String(repeating: "a", count: 55), "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
            (String(repeating: "a", count: 64), "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
        ]
        for (text, hash) in hashes { #expect(WebSocketAcceptKey.sha1(Array(text.utf8)) == fromHex(hash)) }
        for (text, code) in [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] { #expect(WebSocketAcceptKey.base64(Array(text.utf8)) == code) }
        #expect(WebSocketAcceptKey.base64([0xFB, 0xFF, 0xBF]) == "+/+/")
    }
}

@Suite struct `A client opening a WebSocket` {
    /// "the sample nonce" of RFC 6455 §1.3, whose answer is known.
    static func client(_ subprotocols: [String] = [], _ deflate: PerMessageDeflate? = PerMessageDeflate())
        -> WebSocketClientHandshake
    {
        let text = Array("the sample nonce".utf8)
        return WebSocketClientHandshake(nonce: InlineArray { text[$0] }, subprotocols: subprotocols, deflate: deflate)
    }

    static let answer = [
        "upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    ]

    static func verify(
        _ changes: [String: String?], status: Int = 101, by client: WebSocketClientHandshake = client()
    ) throws -> WebSocketClientHandshake.Agreement {
        var fields = answer
        for (name, value) in changes { fields[name] = value }
        return try client.verify(status: status) { fields[$0.lowercased()] }
    }

    @Test func `the request carries the key, the wishes and the version`() {
        let headers = Self.client(["a", "b"]).headers.map { "\($0.name): \($0.value)" }
        #expect(
            headers == [
                "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: a, b",
                "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                    + "client_max_window_bits",
            ])
        #expect(Self.client([], nil).headers.count == 4)
    }

    @Test(
        arguments: [
            ("upgrade", nil, .upgradeMissing), ("connection", "close", .upgradeMissing),
            ("sec-websocket-accept", nil, .acceptKeyWrong), ("sec-websocket-accept", "x", .acceptKeyWrong),
            ("sec-websocket-protocol", "c", .subprotocolNotOffered("c")),
            ("sec-websocket-extensions", "x-other", .extensionsUnacceptable("x-other")),
            ("sec-websocket-extensions", "a;", .extensionsUnacceptable("a;")),
        ] as [(String, String?, WebSocketHandshakeError)])
    func `an answer that does not fit is an error`(
        _ name: String, _ value: String?, _ error: WebSocketHandshakeError
    ) throws {
        #expect(throws: error) { try Self.verify([name: value], by: Self.client(["a", "b"])) }
    }

    @Test func `any other status is an error`() {
        #expect(throws: WebSocketHandshakeError.status(403)) { try Self.verify([:], status: 403) }
    }

    @Test func `the server may choose a subprotocol or none, compression or none`() throws {
        let both = try Self.verify(["sec-websocket-protocol": "b"], by: Self.client(["a", "b"]))
        #expect(both.subprotocol == "b" && both.deflate == nil)
        let neither = try Self.verify([:], by: Self.client(["a"]))
        #expect(neither.subprotocol == nil && neither.deflate == nil)
    }

    typealias Sender = PerMessageDeflate.Sender
    static let kept = Sender(keepsContext: true), small = Sender(keepsContext: true, windowBits: 10)

    @Test(
        arguments: [
            (kept, kept, "permessage-deflate", PerMessageDeflate(server: kept, client: kept)),
            (kept, kept, "permessage-deflate; server_no_context_takeover", .init(server: Sender(), client: kept)),
            (kept, kept, "permessage-deflate; client_no_context_takeover", .init(server: kept, client: Sender())),
            (kept, kept, "permessage-deflate; client_max_window_bits=10", .init(server: kept, client: small)),
            (kept, kept, "permessage-deflate; server_max_window_bits=10", .init(server: small, client: kept)),
            (kept, small, "permessage-deflate; client_max_window_bits=12", .init(server: kept, client: small)),
            (kept, Sender(), "permessage-deflate", .init(server: kept, client: Sender())),
            (kept, kept, "permessage-deflate; client_max_window_bits", nil),
            (kept, kept, "permessage-deflate; unknown", nil),
            (kept, kept, "permessage-deflate, permessage-deflate", nil),
            (Sender(), kept, "permessage-deflate", nil),
            (small, kept, "permessage-deflate", nil),
            (small, kept, "permessage-deflate; server_max_window_bits=11", nil),
            (
                small, kept, "permessage-deflate; server_max_window_bits=9",
                .init(server: Sender(keepsContext: true, windowBits: 9), client: kept)
            ),
        ] as [(Sender, Sender, String, PerMessageDeflate?)])
    func `the terms of compression are settled by the answer`(
        _ server: Sender, _ client: Sender, _ answer: String, _ settled: PerMessageDeflate?
    ) throws {
        let handshake = Self.client([], PerMessageDeflate(server: server, client: client))
        let found = try? Self.verify(["sec-websocket-extensions": answer], by: handshake)
        #expect(found?.deflate == settled)
        #expect((found == nil) == (settled == nil))
    }

    @Test func `what was not offered cannot be agreed on`() {
        #expect(throws: WebSocketHandshakeError.extensionsUnacceptable("permessage-deflate")) {
            try Self.verify(["sec-websocket-extensions": "permessage-deflate"], by: Self.client([], nil))
        }
    }

    @Test(arguments: 9...15)
    func `our client and our server agree`(bits: Int) throws {
        let client = Self.client(
            ["a"], PerMessageDeflate(server: Sender(windowBits: bits), client: Sender(windowBits: bits)))
        let request = Dictionary(uniqueKeysWithValues: client.headers.map { ($0.name, $0.value) })
        let server = try WebSocketServerHandshake(method: "GET", isHTTP11: true, subprotocols: ["a"]) { request[$0] }
        let answer = Dictionary(uniqueKeysWithValues: server.headers.map { ($0.name, $0.value) })
        let agreement = try client.verify(status: 101) { answer[$0] }
        #expect(agreement.subprotocol == "a")
        #expect(agreement.deflate?.server == server.deflate?.server)
        #expect(agreement.deflate?.server.windowBits == bits && agreement.deflate?.client.windowBits == bits)
    }
}
