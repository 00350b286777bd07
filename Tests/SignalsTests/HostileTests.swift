import Glibc
import Signals
import Testing

@Suite struct `Text that nobody meant well` {
    private let parser = SignalParser(Vocabulary(defaultSymbol: try? Symbol("XAUUSD")))

    @Test(arguments: 1...40) func `of chance bytes is read without harm`(seed: Int) {
        var chance = Chance(seed: seed)
        for length in 0..<60 {
            let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &chance) }
            check(bytes)
        }
    }

    @Test(arguments: 1...100) func `of chance words is read without harm`(seed: Int) {
        var chance = Chance(seed: seed)
        let words = [
            "buy", "sell", "sl", "tp", "tp1", "entry", "close", "half", "50%", "0% confidence", "1:2", "rr", "10x",
            "be",
            "BTC/USDT", "$", "#", "@", ".", ",", "-", "(", ")", "1️⃣", "1.5", "1,5", "43,250", "12:30", "\n", "?", "if",
            "not", "all", "hit", "✅", "🎯", "to", "0", "999999999999999999", "9999999999999999999999", "first", "15m",
            "confidence", "leverage", "x", ":", "/", "\u{301}", "\u{200D}", "\u{FE0F}", "\u{20E3}", "k", "now",
            "cancel",
        ]
        for _ in 0..<20 {
            let text = (0..<Int.random(in: 1...24, using: &chance)).map { _ in chance.pick(words) }
            check(Array(text.joined(separator: chance.pick([" ", "", "\n"])).utf8))
        }
    }

    @Test(arguments: Corpus.all) func `or was cut and garbled on its way is read without harm`(example: Example) {
        var chance = Chance(seed: example.line)
        let bytes = Array(example.text.utf8)
        for end in stride(from: example.line % 5, to: bytes.count, by: 5) { check(Array(bytes[..<end])) }
        for _ in 0..<8 {
            var garbled = bytes
            for _ in 0..<4 where !garbled.isEmpty {
                let place = Int.random(in: garbled.indices, using: &chance)
                switch Int.random(in: 0..<4, using: &chance) {
                case 0: garbled[place] = .random(in: .min ... .max, using: &chance)
                case 1: garbled.remove(at: place)
                case 2: garbled.insert(chance.pick(bytes), at: place)
                default: garbled += garbled[place...].prefix(20)
                }
            }
            check(garbled)
        }
    }

    /// The parser may say anything; but what it says must hold together.
    private func check(_ bytes: [UInt8]) {
        let reading = parser.read(bytes.span)
        for part in reading.parts { #expect(part.span.upperBound <= bytes.count) }
        guard case .signal(let signal) = reading.meaning, signal.reason == nil, let stop = signal.stopLoss else {
            return
        }
        for target in signal.targets { #expect(signal.side == .buy ? target > stop : target < stop) }
    }

    /// What a parser that goes back, nests or searches again and again would need quadratic time for.
    private static let seeds = [
        "a", "1", "1,", "1.", "1.1,", "1 ", "tp ", "tp the ", "tp1 ", "tp1 hit ", "tp1 tp2 hit ", "stop ",
        "stop loss of ",
        "take ", "(", "((1", ")", "buy ", "sell 1 ", "buy BTC/USDT ", "BTC/", "EUR USD ", "#", "#a", "$1", "@", "@a",
        "t.me ",
        "http://", "1️⃣", "1\u{301}", "e\u{301}\u{302}\u{303}", "👩‍👩‍👧‍👦", "\u{200D}", "🎯", "✅\n", "\n", "\n1)", "1)\n",
        "- 1\n",
        "entry 1 - ", "leverage ", "x", "rr 1:", "confidence ", "0% confidence ", "close half ", "if ", "first ",
        "𝗕𝗨𝗬 ", "ё", "\u{F0}", "a1b2", "'", "1'", ".", "..1", "1k", "half ", "all ",
    ]

    @Test(arguments: seeds) func `costs no more than its length`(seed: String) {
        func cost(_ length: Int, times: Int) -> Double {
            let bytes = Array(String(repeating: seed, count: length / seed.utf8.count + 1).utf8)
            return (0..<times).map { _ in processorTime { _ = parser.read(bytes.span) } }.min() ?? 0
        }
        let (short, long) = (cost(10_000, times: 3), cost(100_000, times: 2))
        // Ten times the text; quadratic would be a hundred times the cost. In between lies what caches and others do.
        #expect(long < 35 * short, "\(Int(short / 1_000)) µs and \(Int(long / 1_000)) µs")
    }

    private func processorTime(_ work: () -> Void) -> Double {
        func now() -> Double {
            var time = timespec()
            _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
        }
        let start = now()
        work()
        return now() - start
    }
}
