import Testing
import TradewindHTTP

@Suite struct `Text on a WebSocket` {
    static let valid = [
        "", "κόσμε", "Hello-µ@ßöäüàá-UTF-8!!", "\u{0}\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}",
        "\u{D7FF}\u{E000}\u{FFFD}\u{FFFE}",
        String(repeating: "a", count: 100) + "é" + String(repeating: "b", count: 100),
        String(repeating: "日本語🎌", count: 40),
    ]

    @Test(arguments: valid)
    func `characters arrive whole, however their bytes are cut`(text: String) {
        #expect(heard(wireFrame(1, text), by: .client) == [.text(text)])
        let utf8 = Array(text.utf8)
        let fragments = utf8.indices.flatMap { wireFrame($0 == 0 ? 1 : 0, [utf8[$0]], isFinal: $0 == utf8.count - 1) }
        if !utf8.isEmpty { #expect(heard(fragments, by: .client) == [.text(text)]) }
    }

    /// Bytes that no text contains, and how many of them are needed to know.
    static let broken: [(String, Int)] = [
        ("80", 1), ("bf", 1), ("c0 80", 1), ("c1 bf", 1), ("c2 00", 2), ("c2 c0", 2), ("df ff", 2),
        ("e0 80 80", 2), ("e0 9f bf", 2), ("e1 80 41", 3), ("ed a0 80", 2), ("ed bf bf", 2), ("ef bf ff", 3),
        ("f0 80 80 80", 2), ("f0 8f bf bf", 2), ("f0 90 80 c0", 4), ("f4 90 80 80", 2), ("f5 80 80 80", 1),
        ("f8 88 80 80 80", 1), ("fc 84 80 80 80 80", 1), ("fe", 1), ("ff", 1),
        ("ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65 64", 13),
    ]

    @Test(arguments: broken)
    func `broken text is refused at the byte that breaks it`(_ hex: String, _ telling: Int) {
        let payload = fromHex(hex)
        #expect(heard(wireFrame(1, payload), by: .client) == [.violation(.textNotUTF8)])
        let fragments = payload.map { wireFrame(0, [$0], isFinal: false) }
        let begun = wireFrame(1, [], isFinal: false) + fragments.prefix(telling - 1).joined()
        #expect(heard(begun, by: .client) == [])
        #expect(heard(begun + fragments[telling - 1], by: .client) == [.violation(.textNotUTF8)])
        // And within a frame that is not complete.
        var parser = WebSocketParser(.client)
        let open = [0x81, 100] + payload
        #expect(parser.events(in: Array(open.prefix(2 + telling - 1))) == [])
        #expect(parser.events(in: [open[2 + telling - 1]]) == [.violation(.textNotUTF8)])
    }

    @Test(arguments: ["c2", "e0 a0", "ef bf", "f0 90 80", "f4", "61 c3"])
    func `text that ends inside a character is refused at its end`(hex: String) {
        #expect(heard(wireFrame(1, fromHex(hex)), by: .client) == [.violation(.textNotUTF8)])
        #expect(heard(wireFrame(1, fromHex(hex), isFinal: false), by: .client) == [])
        #expect(
            heard(wireFrame(1, fromHex(hex), isFinal: false) + wireFrame(0, []), by: .client) == [
                .violation(.textNotUTF8)
            ])
    }

    @Test func `binary is not looked at, and does not spoil the text after it`() {
        let input = wireFrame(2, [0xFF, 0xC2]) + wireFrame(1, "a")
        #expect(heard(input, by: .client) == [.binary([0xFF, 0xC2]), .text("a")])
    }

    @Test func `the validator agrees with the standard library on every sequence of two bytes and many longer`() {
        var generator = SplitMix64(seed: 3)
        let interesting: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1,
            0xF4,
            0xF5, 0xFF,
        ]
        let pairs = (0...UInt8.max).flatMap { first in (0...UInt8.max).map { [first, $0] } }
        let longer = (0..<20_000).map { _ in
            (0..<Int.random(in: 3...5, using: &generator)).map { _ in
                interesting.randomElement(using: &generator) ?? 0
            }
        }
        var disagreements = 0
        for sequence in pairs + longer {
            var validator = UTF8Validator()
            let isValid = validator.accepts(sequence.span) && validator.isComplete
            if isValid != (String(validating: sequence, as: UTF8.self) != nil) { disagreements += 1 }
        }
        #expect(disagreements == 0)
    }

    @Test(arguments: 0..<100)
    func `one broken byte is found anywhere in long text`(place: Int) {
        var text = [UInt8](repeating: 0x61, count: 100)
        text[place] = 0x9F
        var validator = UTF8Validator()
        let isAccepted = validator.accepts(text.span)
        #expect(!isAccepted)
    }
}
