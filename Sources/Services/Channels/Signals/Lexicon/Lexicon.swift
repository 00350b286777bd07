/// All words that a channel's messages are read with: those of the languages, the instruments, and its own.
struct Lexicon: Sendable {
    private var words = WordTable(empty: Sense.none)
    /// The channel's own words, which come first. So that channels share the large table, and a parser is made quickly.
    private var own: WordTable<Sense>?
    /// By `Sense.phrases`, the longest first.
    private(set) var phrases: [[Continuation]] = [[]]
    private(set) var instruments: [Instrument] = []
    private(set) var assets = WordTable(empty: Asset.none)

    private(set) subscript(word: Letters) -> Sense {
        get {
            if let sense = own?[word], sense.term != .word || sense.phrases != 0 { return sense }
            return words[word]
        }
        set { if own == nil { words[word] = newValue } else { own?[word] = newValue } }
    }

    init(_ vocabulary: Vocabulary) {
        self = Self.common
        guard vocabulary != Vocabulary(defaultSymbol: vocabulary.defaultSymbol) else { return }
        own = WordTable(empty: Sense.none)
        add(vocabulary.entryWords, as: .entry)
        add(vocabulary.stopWords, as: .stopLoss)
        add(vocabulary.targetWords, as: .target)
        add(vocabulary.closeWords, as: .close)
        add(vocabulary.ignoredWords, as: .ignored)
        for (name, symbol) in vocabulary.aliases.sorted(by: { $0.key < $1.key }) {
            add([name], as: sense(of: instrument(symbol)))
        }
    }

    private static let common = Lexicon()

    private init() {
        for language in Language.all { for (term, words) in language.words { add(words, as: Sense(term: term)) } }
        for (sense, words) in Language.measures { add(words, as: sense) }
        addInstruments()
    }

    /// Words between blanks; the words of a phrase are joined by dashes.
    private mutating func add(_ list: String, as sense: Sense) {
        for entry in list.split(whereSeparator: \.isWhitespace) {
            add(entry.split(separator: "-").map { Letters(folding: $0) }, as: sense)
        }
    }

    /// Words and phrases as people type them into settings.
    private mutating func add(_ entries: [String], as sense: Sense) {
        for entry in entries {
            let words = entry.split { !$0.isLetter && !$0.isNumber }.map { Letters(folding: $0) }
            add(words.filter { $0.count > 0 }, as: sense)
        }
    }

    private mutating func add(_ entries: [String], as term: Term) { add(entries, as: Sense(term: term)) }

    /// A phrase is also one word when it is written so: `stop-loss` is found in "stoploss", too.
    private mutating func add(_ phrase: [Letters], as sense: Sense) {
        guard let first = phrase.first else { return }
        var joined = first
        for word in phrase.dropFirst() { joined.append(word) }
        var meaning = sense
        meaning.phrases = self[joined].phrases
        self[joined] = meaning
        if phrase.count > 1 { add(Continuation(rest: Array(phrase.dropFirst()), sense: sense), behind: first) }
    }

    private mutating func add(_ continuation: Continuation, behind first: Letters) {
        var head = self[first]
        if head.phrases == 0 {
            guard let next = UInt16(exactly: phrases.count) else { return }
            head.phrases = next
            self[first] = head
            phrases.append([])
        }
        let list = Int(head.phrases)
        phrases[list].removeAll { $0.rest == continuation.rest }
        let place = phrases[list].firstIndex { $0.rest.count < continuation.rest.count } ?? phrases[list].endIndex
        phrases[list].insert(continuation, at: place)
    }
}

extension Lexicon {
    private mutating func addInstruments() {
        for (asset, names) in Asset.names {
            for name in names.split(whereSeparator: \.isWhitespace) { assets[Letters(folding: name)] = asset }
        }
        for line in Instrument.names {
            let symbol = Symbol(spelt: line.symbol)
            add(line.names, as: sense(of: Instrument(symbol, line.market), form: line.form))
        }
        addCoins(Instrument.coins, form: .any)
        addCoins(Instrument.coinsInCapitals, form: .capitals)
        addCoins(Instrument.coinsInPairs, form: nil)
        for stock in Instrument.stocks.split(whereSeparator: \.isWhitespace) {
            addIfFree(stock, Instrument(Symbol(spelt: String(stock)), .stocks), form: .capitals)
        }
    }

    private mutating func addCoins(_ names: String, form: Sense.Form?) {
        for name in names.split(whereSeparator: \.isWhitespace) {
            if assets[Letters(folding: name)] == .none { assets[Letters(folding: name)] = .coin }
            guard let form else { continue }
            addIfFree(name, Instrument(Symbol(spelt: name.uppercased() + "USDT"), .crypto), form: form)
        }
    }

    /// A word that the grammar needs stays what it is.
    private mutating func addIfFree(_ name: Substring, _ instrument: Instrument, form: Sense.Form) {
        let letters = Letters(folding: name)
        guard self[letters].term == .word else { return }
        let phrases = self[letters].phrases
        self[letters] = sense(of: instrument, form: form)
        self[letters].phrases = phrases
    }

    private mutating func sense(of instrument: Instrument, form: Sense.Form = .any) -> Sense {
        instruments.append(instrument)
        return Sense(term: .instrument, value: UInt16(clamping: instruments.count - 1), form: form)
    }
}
