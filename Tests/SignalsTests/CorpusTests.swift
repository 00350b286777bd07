import Signals
import Testing

@Suite struct `The corpus of messages` {
    @Test(arguments: Corpus.all) func `is understood`(example: Example) {
        let reading = SignalParser(example.vocabulary).read(example.text)
        #expect(example.brief(reading) == example.expected, "\(example.text)")
    }

    @Test func `has enough of everything`() {
        #expect(Corpus.all.count >= 400)
        #expect(Set(Corpus.all.map(\.file)).count >= 12)
        let meanings = Corpus.all.map { SignalParser($0.vocabulary).read($0.text).meaning }
        let signals = meanings.compactMap { if case .signal(let signal) = $0 { signal } else { nil } }
        #expect(Set(signals.map(\.market)) == Set(Market.allCases))
        #expect(Set(signals.map(\.orderType)) == Set(OrderType.allCases))
        #expect(Set(signals.compactMap(\.reason)) == Set(Inconsistency.allCases))
        let silences = meanings.compactMap { if case .none(let silence) = $0 { silence } else { nil } }
        #expect(Set(silences) == Set(Silence.allCases))
    }

    @Test(arguments: Corpus.all) func `has parts in the order of the text`(example: Example) {
        var last = 0
        for part in SignalParser(example.vocabulary).read(example.text).parts {
            #expect(part.span.lowerBound >= last || part.role == .orderType)
            #expect(part.span.upperBound <= example.text.utf8.count && !part.span.isEmpty)
            last = part.span.lowerBound
        }
    }
}
