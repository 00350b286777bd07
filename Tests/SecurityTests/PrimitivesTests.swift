import Testing
import TradewindSecurity

@Suite struct `A hash` {
    // FIPS 180-4, examples of NIST.
    @Test(
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func `is that of the standard`(text: String, expected: String) {
        #expect(SHA256.hash(text).hexadecimal == expected)
    }

    @Test func `is the same over pieces`() {
        var hash = SHA256()
        for piece in ["a", "", "bc"] { hash.update(piece) }
        #expect(hash.finish() == SHA256.hash("abc"))
    }

    // RFC 4231 §4; the fifth shows a cut that nobody here uses.
    @Test(
        arguments: [
            (
                [UInt8](repeating: 0x0B, count: 20), "Hi There".bytes,
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                "Jefe".bytes, "what do ya want for nothing?".bytes,
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                [UInt8](1...25), [UInt8](repeating: 0xCD, count: 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First".bytes,
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ])
    func `with a key is that of RFC 4231`(key: [UInt8], message: [UInt8], expected: String) {
        let key = HMACKey(key.span)
        let whole = key.authenticate(message.span)
        #expect(whole.hexadecimal == expected)
        let (head, rest) = (message.prefix(3), message.dropFirst(3))
        let inPieces = key.authenticate { hash in
            hash.update(head.span)
            hash.update(rest.span)
        }
        #expect(inPieces.hexadecimal == expected)
    }

    @Test func `for one purpose is another than for the next`() {
        let master = HMACKey("a secret")
        let digests = ["one", "two"].map { HMACKey(from: master, for: $0).authenticate("message") }
        #expect(Set(digests + [master.authenticate("message")]).count == 3)
    }

    private func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool { equalInConstantTime(a.span, b.span) }

    @Test(arguments: [0, 1, 31, 32, 33])
    func `comparison sees every byte and the length`(count: Int) {
        let bytes = [UInt8](repeating: 7, count: count)
        #expect(areEqual(bytes, bytes))
        #expect(!areEqual(bytes, bytes + [0]))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            #expect(!areEqual(bytes, other))
        }
    }
}

@Suite struct `Base64 for URLs` {
    // RFC 4648 §10 without padding, and the two characters of §5.
    @Test(
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"), ("<<???>>", "PDw_Pz8-Pg"),
        ])
    func `is that of the RFC`(plain: String, coded: String) {
        let text = Base64URL.text(plain.utf8Span.span)
        #expect(text == coded)
        #expect(Base64URL.decode(coded)?.text == plain)
    }

    @Test func `brings back whatever it was given`() {
        var chance = Seeded(1)
        for _ in 0..<2_000 {
            let bytes = chance.bytes(upTo: 70)
            let again = Base64URL.decode(Base64URL.encode(bytes.span).span)
            #expect(again == bytes)
        }
    }

    @Test(arguments: ["Zg==", "Zm8=", "Z", "Zm9vY", "Zm9v\n", " Zm9v", "Zm+v", "Zm/v", "Zm9\0", "Zmé", "Zh", "Zm9vYmF"])
    func `has one spelling for each value`(text: String) { #expect(Base64URL.decode(text) == nil) }
}

@Suite struct `A token without a meaning` {
    @Test func `is 256 bits as 43 characters, found again by its hash`() throws {
        let token = OpaqueToken(.counting())
        #expect(token.text == "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE")
        #expect(try #require(OpaqueToken(token.text)).digest == token.digest)
        #expect("\(token)" == "•••")
    }

    @Test func `is another each time`() {
        let chance = Chance.counting()
        #expect(OpaqueToken(chance).digest != OpaqueToken(chance).digest)
    }

    @Test(arguments: ["", "short", String(repeating: "A", count: 44), String(repeating: "=", count: 43)])
    func `is not every text`(text: String) { #expect(OpaqueToken(text) == nil) }
}

@Suite struct `API keys` {
    private let keys = APIKeys([("desk", "new key"), ("desk", "old key"), ("robot", "its key")])

    private func whoHas(_ key: String) -> String? { keys.holder(of: key.utf8Span.span) }

    @Test(arguments: [("new key", "desk"), ("old key", "desk"), ("its key", "robot")])
    func `name who holds them, the old one too while it counts`(key: String, holder: String) {
        #expect(whoHas(key) == holder)
    }

    @Test(arguments: ["", "new kex", "new key ", "new ke"])
    func `let nobody else in`(key: String) { #expect(whoHas(key) == nil) }

    @Test func `that are none let nobody in`() {
        let holder = APIKeys([]).holder(of: "".utf8Span.span)
        #expect(holder == nil)
    }
}
