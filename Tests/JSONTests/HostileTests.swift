import Testing
import TradewindJSON

@Suite struct `Hostile texts` {
    /// Seeds that between them use every rule of the grammar.
    private static let seeds = [
        #"{"id":"0190b3a4","items":[{"price":129.99,"quantity":2},{"price":1e-5,"quantity":-0}],"on":true,"off":false,"none":null}"#,
        #"["\u00e9\uD834\uDD1E\n\"\\\/","é€𝄞",[[[]]],{"a":{"b":{"c":[1,2,3]}}}," "]"#,
        "[0,-1.5e+10,123456789012345678901234567890,0.1,1E5]",
    ].map { Array($0.utf8) }

    private struct Shape: Codable {
        struct Item: Codable { let price: ExactDecimal, quantity: Int }
        let id: String, items: [Item], on: Bool?, none: Double?
    }

    @Test(arguments: 0..<8) func `that are broken at random are read or refused, never worse`(part: Int) throws {
        var random = Seeded(UInt64(part) + 100)
        let (start, alphabet) = (
            ContinuousClock.now, Array(#"{}[]",:\u0eE+-.tfn "#.utf8) + [0x00, 0x1F, 0x80, 0xC3, 0xED, 0xF4, 0xFF]
        )
        for round in 0..<25_000 {
            var text = Self.seeds[round % Self.seeds.count]
            for _ in 0...random.next() % 4 {
                let at = Int(random.next() % UInt64(text.count))
                switch random.next() % 5 {
                case 0: text.remove(at: at)
                case 1: text.insert(alphabet.randomElement(using: &random) ?? 0, at: at)
                case 2: text[at] = alphabet.randomElement(using: &random) ?? 0
                case 3: text.removeSubrange(at...)
                default: text.insert(contentsOf: text[at...].prefix(20), at: at)
                }
                if text.isEmpty { text = [0x30] }
            }
            if let value = try? JSONValue.parse(text) { #expect(try JSONValue.parse(value.serialized()) == value) }
            _ = try? JSON.decode(Shape.self, from: text)
            _ = try? JSON.decode([String].self, from: text)
        }
        #expect(ContinuousClock.now - start < .seconds(120))
    }

    @Test(arguments: [
        ("[", ""), (#"{"a":"#, ""), ("[[],", ""), (#"{"":[{"":"#, ""), ("[1,", "1]"), (#"["\u0041","#, "1]"),
        (" ", "1"), ("9", ""), ("\"a\",", ""),
    ]) func `of a megabyte take no longer than others`(repeated: String, end: String) {
        let text = Array((String(repeating: repeated, count: 1_000_000 / repeated.utf8.count) + end).utf8)
        let time = ContinuousClock().measure { _ = try? JSONValue.parse(text) }
        #expect(time < .seconds(10))
    }

    @Test func `with many names cost linear time`() {
        let members = (0..<60_000).map { #""\#($0)":0"# }.joined(separator: ",")
        let time = ContinuousClock().measure {
            #expect((try? JSON.decode([String: Int].self, from: "{\(members)}"))?.count == 60_000)
        }
        #expect(time < .seconds(20))
    }

    @Test func `nested too deeply are refused also in what a type does not read`() {
        struct Little: Decodable { let a: Int }
        let text = #"{"a":1,"b":"# + String(repeating: "[", count: 100_000)
        #expect { try JSON.decode(Little.self, from: text) } throws: { ($0 as? JSONError)?.fault.code == .depth }
    }
}
