/// The smallest piece that the grammar looks at: a word, a number or a mark.
struct Token: Sendable {
    // The widest first, so that a token is 64 bytes and not 80.
    var letters = Letters()
    var numeral = Numeral()
    var start: Int32, end: Int32
    var term: Term
    /// What the lexicon says of the word beside its term.
    var value: UInt16 = 0
    /// Its phrases in the lexicon, until `joinPhrases` has tried them.
    var phrases: UInt16 = 0
    /// Nothing stands between it and the token before it.
    var touches = false
    /// A word behind # or $.
    var tag = Tag.none
    var isCapital = false

    enum Tag: UInt8, Sendable { case none, hash, cash }

    init(_ term: Term, _ start: Int, _ end: Int) {
        (self.term, self.start, self.end) = (term, Int32(truncatingIfNeeded: start), Int32(truncatingIfNeeded: end))
    }
}
