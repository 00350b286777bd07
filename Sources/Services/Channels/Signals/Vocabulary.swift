/// What a channel's messages mean beside what everybody's mean: its settings.
package struct Vocabulary: Hashable, Sendable {
    /// Of signals that name none.
    package var defaultSymbol: Symbol?
    /// GOLD is XAUUSD. A name may have several words; capitals, accents and blanks make no difference, as below.
    package var aliases: [String: Symbol]
    /// More words for what has words in six languages already.
    package var entryWords: [String], stopWords: [String], targetWords: [String], closeWords: [String]
    /// A message with one of these is passed over.
    package var ignoredWords: [String]

    package init(
        defaultSymbol: Symbol? = nil, aliases: [String: Symbol] = [:], entryWords: [String] = [],
        stopWords: [String] = [], targetWords: [String] = [], closeWords: [String] = [], ignoredWords: [String] = []
    ) {
        (self.defaultSymbol, self.aliases) = (defaultSymbol, aliases)
        (self.entryWords, self.stopWords, self.targetWords) = (entryWords, stopWords, targetWords)
        (self.closeWords, self.ignoredWords) = (closeWords, ignoredWords)
    }
}
