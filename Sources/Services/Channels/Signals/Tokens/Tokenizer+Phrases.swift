/// Words that mean something together become one token: "take profit", "точка входа", "US 30".
extension Tokenizer {
    mutating func joinPhrases() {
        guard hasPhrases else { return }
        var (from, to) = (0, 0)
        while from < tokens.count {
            var next = from + 1
            if to < from { tokens[to] = tokens[from] }
            if tokens[to].phrases != 0, let found = phrase(at: from) {
                (tokens[to].term, tokens[to].value) = (found.sense.term, found.sense.value)
                next = found.end
                tokens[to].end = tokens[next - 1].end
            }
            (from, to) = (next, to + 1)
        }
        tokens.removeLast(tokens.count - to)
    }

    /// The longest phrase that begins here.
    private func phrase(at place: Int) -> (sense: Sense, end: Int)? {
        for phrase in lexicon.phrases[Int(tokens[place].phrases)] {
            if let end = end(of: phrase.rest, behind: place) { return (phrase.sense, end) }
        }
        return nil
    }

    private func end(of words: [Letters], behind place: Int) -> Int? {
        var next = place + 1
        for word in words {
            if tokens[next].term.joinsWords { next += 1 }
            guard tokens[next].letters == word else { return nil }
            next += 1
        }
        return next
    }
}

extension Term {
    fileprivate var joinsWords: Bool {
        switch self {
        case .dash, .slash, .period, .and: true
        default: false
        }
    }
}
