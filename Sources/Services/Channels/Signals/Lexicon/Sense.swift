/// What a word means.
struct Sense: Sendable {
    var term: Term
    /// Of an ordinal its number, of a portion its percent, of a time its minutes, of an instrument its place in the
    /// lexicon's list.
    var value: UInt16 = 0
    var form = Form.any
    /// The lexicon's list of phrases that begin with the word; 0 when none do.
    var phrases: UInt16 = 0

    static let none = Sense(term: .word)

    /// How the word must be written to mean this.
    enum Form: UInt8, Sendable {
        case any
        /// In capitals or tagged: SOL, $sol. In small letters it is another word.
        case capitals
        /// Close to a number: T1, x10, 5k, 4h.
        case glued
    }
}

/// The rest of a phrase, behind its first word.
struct Continuation: Sendable {
    let rest: [Letters]
    let sense: Sense
}
