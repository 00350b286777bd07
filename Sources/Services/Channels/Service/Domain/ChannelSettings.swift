package import TradewindDomain

/// How the messages of a channel are read, where its people have words of their own.
package struct ChannelSettings: Codable, Equatable, Sendable {
    /// What messages speak of that name no symbol.
    package let defaultSymbol: String?
    /// What people say, and what is meant: `GOLD` for `XAUUSD`.
    package let symbolAliases: [String: String]
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
            try symbolName(text)
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

    private static func words(_ words: [String]) throws(Violations) -> [String] {
        var check = Validation()
        let checked = check("", words, count: 0...mostWords) { (word) throws(Violations) in
            try oneLine(word, wordLengths).lowercased()
        }
        return try check.all(checked)
    }

    private static func aliases(_ aliases: [String: String]) throws(Violations) -> [String: String] {
        var check = Validation()
        check.require(aliases.count <= mostAliases, .count, "must have at most \(mostAliases) entries")
        var checked: [String: String] = [:]
        for (alias, symbol) in aliases.sorted(by: { $0.key < $1.key }) {
            let word = check(alias, try oneLine(alias, wordLengths))
            let symbol = check(alias, try symbolName(symbol))
            if let word, let symbol { checked[word.uppercased()] = symbol }
        }
        try check.done()
        return checked
    }
}

/// `BTC/USDT`, `btcusdt`: letters and digits, in one case.
func symbolName(_ text: String) throws(Violations) -> String {
    let name = text.uppercased().utf8.filter { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "-") }
    guard 1...20 ~= name.count, name.allSatisfy({ 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || $0 == 0x2E }) else {
        throw Violations(.format, "must be a symbol like BTCUSDT")
    }
    return String(decoding: name, as: UTF8.self)
}
