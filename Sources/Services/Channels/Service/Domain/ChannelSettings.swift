package import Signals
package import TradewindDomain

/// How the messages of a channel are read, where its people have words of their own.
package struct ChannelSettings: Codable, Equatable, Sendable {
    /// What messages speak of that name no symbol.
    package let defaultSymbol: Symbol?
    /// What people say, and what is meant: `GOLD` for `XAUUSD`.
    package let symbolAliases: [String: Symbol]
    package let extraWords: Words
    /// A message with one of these is ignored: "result", "report".
    package let ignoredWords: [String]
    /// After which a signal that has come to no end expires.
    package let signalExpirySeconds: Int?

    package struct Words: Codable, Equatable, Sendable {
        package let entry: [String], stop: [String], target: [String], close: [String]

        package init(entry: [String] = [], stop: [String] = [], target: [String] = [], close: [String] = []) {
            (self.entry, self.stop, self.target, self.close) = (entry, stop, target, close)
        }
    }

    package static let standard = ChannelSettings()
    package static let mostWords = 50, mostAliases = 200
    package static let wordLengths = 1...40
    /// A minute to a year.
    package static let expiries = 60...31_536_000

    private init() {
        (defaultSymbol, symbolAliases, extraWords) = (nil, [:], Words())
        (ignoredWords, signalExpirySeconds) = ([], nil)
    }

    /// Words and symbols are compared without regard to case, so they are kept in one.
    package init(
        defaultSymbol: String?, symbolAliases: [String: String], extraWords: Words, ignoredWords: [String],
        signalExpirySeconds: Int?
    ) throws(Violations) {
        var check = Validation()
        let symbol = check("defaultSymbol", ifPresent: defaultSymbol) { (text) throws(Violations) in
            try Symbol(loose: text)
        }
        let aliases = check("symbolAliases", try Self.aliases(symbolAliases))
        let entry = check("extraWords.entry", try Self.words(extraWords.entry))
        let stop = check("extraWords.stop", try Self.words(extraWords.stop))
        let target = check("extraWords.target", try Self.words(extraWords.target))
        let close = check("extraWords.close", try Self.words(extraWords.close))
        let ignored = check("ignoredWords", try Self.words(ignoredWords))
        check.require(
            signalExpirySeconds.map(Self.expiries.contains) ?? true, .range, "must be between a minute and a year",
            at: "signalExpirySeconds")
        let words: (entry: [String], stop: [String], target: [String], close: [String])
        (words.entry, words.stop, words.target, words.close, self.symbolAliases, self.ignoredWords) = try check.all(
            entry, stop, target, close, aliases, ignored)
        self.extraWords = Words(entry: words.entry, stop: words.stop, target: words.target, close: words.close)
        self.defaultSymbol = symbol
        self.signalExpirySeconds = signalExpirySeconds
    }

    /// For who reads the messages.
    package var vocabulary: Vocabulary {
        Vocabulary(
            defaultSymbol: defaultSymbol, aliases: symbolAliases, entryWords: extraWords.entry,
            stopWords: extraWords.stop, targetWords: extraWords.target, closeWords: extraWords.close,
            ignoredWords: ignoredWords)
    }

    private static func words(_ words: [String]) throws(Violations) -> [String] {
        var check = Validation()
        let checked = check("", words, count: 0...mostWords) { (word) throws(Violations) in
            try oneLine(word, wordLengths).lowercased()
        }
        return try check.all(checked)
    }

    private static func aliases(_ aliases: [String: String]) throws(Violations) -> [String: Symbol] {
        var check = Validation()
        check.require(aliases.count <= mostAliases, .count, "must have at most \(mostAliases) entries")
        var checked: [String: Symbol] = [:]
        for (alias, symbol) in aliases.sorted(by: { $0.key < $1.key }) {
            let word = check(alias, try oneLine(alias, wordLengths))
            let symbol = check(alias, try Symbol(loose: symbol))
            if let word, let symbol { checked[word.uppercased()] = symbol }
        }
        try check.done()
        return checked
    }
}

extension Symbol {
    /// As people write it in settings and queries: `btc/usdt`, `EUR-USD`.
    package init(loose text: String) throws(Violations) {
        try self.init(text.uppercased().filter { $0 != "/" && $0 != "-" && $0 != " " })
    }
}
