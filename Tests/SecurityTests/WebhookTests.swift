import Testing
import TradewindDomain
import TradewindSecurity
import TradewindTesting

@Suite struct `A call from outside` {
    private let body = #"{"text":"BUY BTC"}"#.bytes
    private let signatures = WebhookSignatures("hook secret")

    @Test func `is signed over timestamp, dot and body`() {
        let signature = signatures.sign(body, at: .noon)
        let expected = HMACKey("hook secret").authenticate(#"1749902400.{"text":"BUY BTC"}"#).hexadecimal
        #expect(signature == WebhookSignature(text: "sha256=\(expected)", timestamp: "1749902400"))
    }

    @Test(arguments: [-300, -299, 0, 299, 300])
    func `is taken within five minutes`(seconds: Int) throws {
        let signature = signatures.sign(body, at: .noon)
        _ = try signatures.verify(body, signed: signature, at: .noon + .seconds(seconds))
    }

    @Test(arguments: [-301, 301, 86_400])
    func `is not taken later or earlier`(seconds: Int) {
        let signature = signatures.sign(body, at: .noon)
        #expect(throws: WebhookRefusal.late) {
            try signatures.verify(body, signed: signature, at: .noon + .seconds(seconds))
        }
    }

    @Test func `is not taken with another body, another secret or another time`() {
        let signature = signatures.sign(body, at: .noon)
        let moved = WebhookSignature(text: signature.text, timestamp: "1749902401")
        #expect(throws: WebhookRefusal.forged) { try signatures.verify([], signed: signature, at: .noon) }
        #expect(throws: WebhookRefusal.forged) { try signatures.verify(body, signed: moved, at: .noon) }
        #expect(throws: WebhookRefusal.forged) {
            try WebhookSignatures("another").verify(body, signed: signature, at: .noon)
        }
    }

    @Test func `may be signed with the secret that is being replaced`() throws {
        let signature = signatures.sign(body, at: .noon)
        _ = try WebhookSignatures("new", older: ["hook secret"]).verify(body, signed: signature, at: .noon)
    }

    @Test(arguments: ["", "-1", "+1", "1e9", "1749902400.0", " 1749902400", "9999999999999", "١٢٣", "0x10"])
    func `has a timestamp of digits`(timestamp: String) {
        let signature = WebhookSignature(text: "sha256=00", timestamp: timestamp)
        #expect(throws: WebhookRefusal.malformed) {
            try signatures.verify(body, signed: signature, at: .noon)
        }
    }

    @Test(arguments: ["sha1=", "SHA256=", ""])
    func `names its hash`(prefix: String) {
        let digits = signatures.sign(body, at: .noon).text.dropFirst("sha256=".count)
        let signature = WebhookSignature(text: prefix + digits, timestamp: "1749902400")
        #expect(throws: WebhookRefusal.malformed) {
            try signatures.verify(body, signed: signature, at: .noon)
        }
    }
}

@Suite struct `The memory of calls` {
    private func call(_ number: Int) -> Digest { SHA256.hash("call \(number)") }

    @Test func `takes each once, for as long as it would be taken`() throws {
        var window = ReplayWindow()
        for second in stride(from: 0, through: 600, by: 60) {
            let now = Timestamp.noon + .seconds(second)
            #expect(try window.remember(call(1), at: now) == (second == 0))
            #expect(try window.remember(call(2 + second), at: now))
        }
    }

    @Test func `knows a call for ten minutes, whenever it came`() throws {
        for offset in 0...20 {
            var window = ReplayWindow()
            _ = try window.remember(call(0), at: .noon)
            let arrival = Timestamp.noon + .seconds(offset * 60)
            #expect(try window.remember(call(1), at: arrival))
            #expect(try !window.remember(call(1), at: arrival + .seconds(599)))
        }
    }

    @Test func `forgets`() throws {
        var window = ReplayWindow()
        for minute in 0..<200 { _ = try window.remember(call(minute), at: .noon + .seconds(minute * 60)) }
        #expect(window.count <= 20)
        #expect(try window.remember(call(0), at: .noon + .seconds(200 * 60)))
    }

    @Test func `is bounded`() throws {
        var window = ReplayWindow(capacity: 3)
        for number in 0..<3 { _ = try window.remember(call(number), at: .noon) }
        #expect(throws: ReplayWindow.Full()) { try window.remember(call(3), at: .noon) }
        #expect(try !window.remember(call(1), at: .noon))
    }
}
