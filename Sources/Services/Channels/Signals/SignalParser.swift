/// Reads what people write in signal channels. Tokens, then phrases, then meaning; one pass each, no regular
/// expressions, so the cost grows with the length of the text and with nothing else.
///
/// Making one builds the lexicon of the channel, which takes longer than reading many messages: keep it.
package struct SignalParser: Sendable {
    private let lexicon: Lexicon
    private let defaultInstrument: Instrument?

    package init(_ vocabulary: Vocabulary = Vocabulary()) {
        lexicon = Lexicon(vocabulary)
        defaultInstrument = vocabulary.defaultSymbol.map(lexicon.instrument)
    }

    package func read(_ text: String) -> Reading { read(text.utf8.span) }

    /// Any bytes; those that are not UTF-8 are passed over.
    package func read(_ text: Span<UInt8>) -> Reading {
        // Places in the text are 32 bits wide; no message is as long.
        guard text.count < Int32.max else { return Reading(.none(.chatter)) }
        var tokenizer = Tokenizer(lexicon)
        tokenizer.scan(text)
        tokenizer.joinPhrases()
        guard tokenizer.tokens.count > 1 else { return Reading(.none(.empty)) }
        var reader = PhraseReader(tokenizer.tokens, lexicon)
        reader.read()
        let message = Message(reader.phrases, reader.numerals, tokenizer.notation)
        return Reading(Judge(message, defaultInstrument: defaultInstrument).meaning, parts: Part.of(message))
    }
}
