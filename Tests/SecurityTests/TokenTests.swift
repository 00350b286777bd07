import Testing
import TradewindCQRS
import TradewindDomain
import TradewindJSON
import TradewindSecurity
import TradewindTesting

private let alice = UUID(v7: 1_749_902_400_000, random: (1, 2))
private let tokenID = UUID(v7: 1_749_902_400_000, random: (3, 4))
private let key = TokenKey(secret: "a secret of thirty-two bytes ...")
private let tokens = AccessTokens(TokenKeys([key]))

private func issue(at now: Timestamp = .noon, as role: Role = .user) throws -> String {
    try tokens.issue(to: alice, as: role, id: tokenID, at: now).token
}

/// What anybody with the secret could sign.
private func signed(header: String, payload: String, with secret: String = "a secret of thirty-two bytes ...") -> String
{
    let message = Base64URL.text(header.bytes.span) + "." + Base64URL.text(payload.bytes.span)
    return message + "." + HMACKey(secret).authenticate(message).base64url.text
}

private let plainHeader = #"{"alg":"HS256","typ":"JWT"}"#
private let plainPayload = """
    {"iss":"tradewind","aud":"tradewind","sub":"\(alice)","role":"USER","iat":1749902400,"exp":1749903300,"jti":"\(tokenID)"}
    """

@Suite struct `A token` {
    @Test(arguments: Role.allCases) func `stands for whom it was issued to`(role: Role) throws {
        let (token, claims) = try tokens.issue(to: alice, as: role, id: tokenID, at: .noon)
        let verified = try tokens.verify(token, at: .noon)
        #expect(verified == claims)
        #expect(verified.caller == .user(alice, role))
        #expect((verified.id, verified.issued, verified.expires) == (tokenID, .noon, .noon + .seconds(900)))
    }

    @Test func `is three segments that others read`() throws {
        let segments = try issue().split(separator: ".")
        let header = try JSONValue.parse(try #require(Base64URL.decode(String(segments[0]))))
        let payload = try JSONValue.parse(try #require(Base64URL.decode(String(segments[1]))))
        #expect(header == ["alg": "HS256", "typ": "JWT", "kid": .string(key.id)])
        #expect(payload["exp"] == 1_749_903_300)
        #expect(payload["aud"] == "tradewind")
        #expect(payload["sub"] == .string("\(alice)"))
    }

    @Test(
        arguments: [
            (-31, .early), (-30, nil), (0, nil), (900, nil), (929, nil), (930, .expired), (86_400, .expired),
        ] as [(Int, TokenRefusal?)])
    func `counts from its issue to its end, give or take half a minute`(seconds: Int, refusal: TokenRefusal?) throws {
        let (token, now) = (try issue(), Timestamp.noon + .seconds(seconds))
        if let refusal {
            #expect(throws: refusal) { try tokens.verify(token, at: now) }
        } else {
            _ = try tokens.verify(token, at: now)
        }
    }

    @Test func `does not count when any of its characters is another`() throws {
        let token = try issue().bytes
        for index in token.indices {
            for flip in [1, 2, 32, 128] as [UInt8] {
                var other = token
                other[index] ^= flip
                #expect(throws: TokenRefusal.self) { try tokens.verify(other.span, at: .noon) }
            }
        }
    }

    @Test func `does not count when it is cut or longer`() throws {
        let token = try issue()
        for count in 0..<token.utf8.count {
            #expect(throws: TokenRefusal.self) { try tokens.verify(String(token.prefix(count)), at: .noon) }
        }
        for more in ["A", "=", ".", " ", "\n", ".AAAA"] {
            #expect(throws: TokenRefusal.self) { try tokens.verify(token + more, at: .noon) }
            #expect(throws: TokenRefusal.self) { try tokens.verify(more + token, at: .noon) }
        }
    }

    @Test func `of another issuer, or for somebody else, does not count`() throws {
        let token = try issue()
        let other = AccessTokens(TokenKeys([key]), issuer: "another")
        #expect(throws: TokenRefusal.issuer) { try other.verify(token, at: .noon) }
        let elsewhere = AccessTokens(TokenKeys([key]), audience: "elsewhere")
        #expect(throws: TokenRefusal.audience) { try elsewhere.verify(token, at: .noon) }
    }

    @Test func `outlives its key's being replaced`() throws {
        let new = TokenKey(secret: "another secret, and a newer one")
        let both = AccessTokens(TokenKeys([new, key]))
        _ = try both.verify(try issue(), at: .noon)
        let token = try both.issue(to: alice, as: .user, id: tokenID, at: .noon).token
        #expect(throws: TokenRefusal.key) { try tokens.verify(token, at: .noon) }
        _ = try AccessTokens(TokenKeys([new])).verify(token, at: .noon)
    }

    @Test func `is not signed without a key`() {
        #expect(throws: TokenRefusal.key) {
            try AccessTokens(TokenKeys([])).issue(to: alice, as: .user, id: tokenID, at: .noon)
        }
    }
}

@Suite struct `A token's header` {
    @Test(
        arguments: [
            (plainHeader, nil),
            (#"{"typ":"at+JWT","alg":"HS256"}"#, nil),
            (#"{"alg":"HS256","kid":"\#(key.id)","x5u":"https://example.com"}"#, nil),
            (#"{"alg":"none"}"#, .algorithm), (#"{"alg":"None"}"#, .algorithm), (#"{"alg":""}"#, .algorithm),
            (#"{"alg":"hs256"}"#, .algorithm), (#"{"alg":"HS512"}"#, .algorithm), (#"{"alg":"RS256"}"#, .algorithm),
            (#"{"alg":"EdDSA"}"#, .algorithm), (#"{"alg":"HS256","kid":"another"}"#, .key),
            (#"{"alg":"HS256","crit":["exp"]}"#, .malformed), (#"{"alg":"HS256","crit":null}"#, .malformed),
            (#"{"alg":"HS256","typ":"secevent+jwt"}"#, .malformed), (#"{"typ":"JWT"}"#, .malformed),
            (#"{"alg":["HS256"]}"#, .malformed), (#"{"alg":"none","alg":"HS256"}"#, .malformed),
            (#"{"alg":"HS256"} "#, nil), (#"{"alg":"HS256"}x"#, .malformed), ("", .malformed), ("[]", .malformed),
        ] as [(String, TokenRefusal?)])
    func `cannot choose how it is checked`(header: String, refusal: TokenRefusal?) throws {
        let token = signed(header: header, payload: plainPayload)
        if let refusal {
            #expect(throws: refusal) { try tokens.verify(token, at: .noon) }
        } else {
            _ = try tokens.verify(token, at: .noon)
        }
    }

    @Test(arguments: ["", "AAAA"]) func `with alg none needs a signature all the same`(signature: String) {
        let header = Base64URL.text(#"{"alg":"none"}"#.bytes.span)
        let token = "\(header).\(Base64URL.text(plainPayload.bytes.span)).\(signature)"
        #expect(throws: TokenRefusal.algorithm) { try tokens.verify(token, at: .noon) }
    }

    @Test func `does not make a wrong key right`() {
        let token = signed(header: plainHeader, payload: plainPayload, with: "a guess")
        #expect(throws: TokenRefusal.signature) { try tokens.verify(token, at: .noon) }
    }
}

@Suite struct `A token's claims` {
    private func refusal(_ payload: String, at now: Timestamp = .noon) -> TokenRefusal? {
        do { _ = try tokens.verify(signed(header: plainHeader, payload: payload), at: now) } catch { return error }
        return nil
    }

    @Test(
        arguments: [
            (#""aud":"tradewind""#, #""aud":["others","tradewind"]"#, nil),
            (#""aud":"tradewind""#, #""aud":["others"]"#, .audience),
            (#""aud":"tradewind""#, #""aud":[]"#, .audience),
            (#""aud":"tradewind""#, #""aud":{"tradewind":1}"#, .claims),
            (#""exp":1749903300"#, #""exp":1749903300.5"#, nil),
            (#""exp":1749903300"#, #""exp":1749902370"#, .expired),
            (#""exp":1749903300"#, #""exp":"1749903300""#, .claims),
            (#""exp":1749903300"#, #""exp":1e300"#, .claims),
            (#""exp":1749903300"#, #""exp":-1"#, .claims),
            (#""exp":1749903300"#, #""exp":null"#, .claims),
            (#""exp":1749903300,"#, "", .claims),
            (#""exp":1749903300"#, #""exp":1,"exp":1749903300"#, .claims),
            (#""iat":1749902400"#, #""iat":1749902400,"nbf":1749902430"#, nil),
            (#""iat":1749902400"#, #""iat":1749902400,"nbf":1749902431"#, .early),
            (#""iat":1749902400"#, #""iat":1749902431,"nbf":1"#, .early),
            (#""iss":"tradewind","#, "", .claims), (#""iss":"tradewind""#, #""iss":"Tradewind""#, .issuer),
            (#""role":"USER""#, #""role":"user""#, .claims), (#""role":"USER""#, #""role":"ROOT""#, .claims),
            ("\(alice)", "alice", .claims), ("\(tokenID)", "", .claims), ("}", #","more":[{}]}"#, nil),
        ] as [(String, String, TokenRefusal?)])
    func `are checked one by one`(part: String, other: String, expected: TokenRefusal?) {
        let payload = plainPayload.replacing(part, with: other, maxReplacements: 1)
        #expect(payload != plainPayload)
        #expect(refusal(payload) == expected)
    }

    @Test(arguments: ["", "{}", "null", "[]", #""text""#, "{", String(repeating: "[", count: 4_000), "\u{0}"])
    func `are an object`(payload: String) { #expect(refusal(payload) == .claims) }
}

@Suite struct `What pretends to be a token` {
    @Test(arguments: [
        "", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d", "....", "é.é.é", "Bearer a.b.c", "\u{0}.\u{0}.\u{0}",
    ])
    func `is refused`(text: String) {
        #expect(throws: TokenRefusal.malformed) { try tokens.verify(text, at: .noon) }
    }

    @Test(arguments: ["A", ".", "A."]) func `is refused unread when it is long`(part: String) {
        let text = String(repeating: part, count: 1 << 20)
        #expect(throws: TokenRefusal.tooLong) { try tokens.verify(text, at: .noon) }
    }

    @Test(arguments: 1...30) func `does no harm`(seed: UInt64) throws {
        var chance = Seeded(seed)
        let token = try issue().bytes
        for _ in 0..<300 {
            var bytes = token
            switch chance.next() % 4 {
            case 0: bytes = chance.bytes(upTo: 300)
            case 1: bytes.removeSubrange(0..<Int.random(in: 1..<bytes.count, using: &chance))
            case 2:
                bytes.insert(
                    contentsOf: chance.bytes(upTo: 20) + [0x2E], at: bytes.indices.randomElement(using: &chance) ?? 0)
            default:
                for _ in 0...3 {
                    bytes[bytes.indices.randomElement(using: &chance) ?? 0] = UInt8(truncatingIfNeeded: chance.next())
                }
            }
            guard bytes != token else { continue }
            #expect(throws: TokenRefusal.self) { try tokens.verify(bytes.span, at: .noon) }
        }
    }

    @Test(arguments: 1...30) func `does no harm when it is well signed`(seed: UInt64) {
        var chance = Seeded(seed)
        for _ in 0..<100 {
            var (header, payload) = (plainHeader.bytes, plainPayload.bytes)
            for _ in 0...2 {
                payload[payload.indices.randomElement(using: &chance) ?? 0] = UInt8(truncatingIfNeeded: chance.next())
            }
            if chance.next() % 2 == 0 { header = chance.bytes(upTo: 40) }
            let message = Base64URL.text(header.span) + "." + Base64URL.text(payload.span)
            let signature = HMACKey("a secret of thirty-two bytes ...").authenticate(message).base64url.text
            let claims = try? tokens.verify("\(message).\(signature)", at: .noon)
            // A changed figure may still be a claim; whoever it stands for, it ends.
            if let claims { #expect(claims.expires > .noon - .seconds(30)) }
        }
    }
}
