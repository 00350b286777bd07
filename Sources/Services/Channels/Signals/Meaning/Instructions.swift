/// What a message says of signals that are open: targets and stops hit, closings, cancellations, new prices.
struct Instructions {
    private(set) var changes: [Change] = []
    /// Some of them say what the market did.
    private(set) var tellsOfHits = false
    private(set) var isAboutEverything = false

    private let message: Message, quoting: Quoting
    /// Since the sentence began: "if", "not", "all", the word "hit", the last label.
    private var isConditional = false, negation = -10, saysAll = false, hitIsOpen = false, label = -1
    /// How many changes there were when the sentence began.
    private var before = 0

    init(_ message: Message, _ quoting: Quoting) {
        (self.message, self.quoting) = (message, quoting)
        for place in message.phrases.indices { take(message.phrases[place].kind, at: place) }
    }

    private mutating func take(_ kind: Phrase.Kind, at place: Int) {
        switch kind {
        case .pause(let term):
            (isConditional, negation, saysAll, hitIsOpen, label) = (false, -10, false, false, -1)
            if term == .question { changes.removeAll() }
            before = changes.count
        case .term(.when):
            // "Close half after TP1": what the sentence has told to do is for later, too.
            isConditional = true
            let hits = changes.dropFirst(before).filter(\.isHit)
            changes.removeLast(changes.count - before)
            changes += hits
        case .term(.not): negation = place
        case .term(.all): saysAll = true
        case .term(.trade): if saysAll { isAboutEverything = true }
        case .prices(let kind, _, let range) where kind != .at && kind != .bare: take(kind, range, at: place)
        case .term(let term): if !isConditional, place - negation > 3 { act(term, at: place) }
        default: break
        }
    }

    private mutating func take(_ kind: Phrase.Label, _ range: Range<Int>, at place: Int) {
        if hitIsOpen, label < 0 || label == place - 1 { hit(at: place) }
        label = place
        guard range.isEmpty, kind == .entry, case .prices(.stop, _, let before)? = message.kind(at: place - 1),
            before.isEmpty, !isConditional
        else { return }
        add(.breakEven)  // "stop to entry"
    }

    private mutating func act(_ term: Term, at place: Int) {
        switch term {
        case .hit, .check: if label >= 0 { hit(upTo: label) } else { hitIsOpen = term == .hit }
        case .stoppedOut: hit(.stopHit)
        case .breakEven: add(.breakEven)
        case .cancel: if !isFollowedByBound(place) { add(.cancelled) }
        case .close: close(at: place, needsPortion: false)
        case .take: close(at: place, needsPortion: true)
        default: break
        }
    }

    /// "TP1, TP2 hit": the label before and those just before it that have no prices either.
    private mutating func hit(upTo last: Int) {
        var first = last
        while case .prices(.target, _, let range)? = message.kind(at: first - 1), range.isEmpty,
            case .prices(.target, _, _)? = message.kind(at: first)
        { first -= 1 }
        for place in first...last { hit(at: place) }
        label = -1
    }

    private mutating func hit(at place: Int) {
        guard case .prices(let kind, let number, _)? = message.kind(at: place) else { return }
        switch kind {
        case .stop: hit(.stopHit)
        case .target where number > 0: hit(.targetHit(number: number))
        case .target: hit(saysAll ? .allTargetsHit : .targetHit(number: nil))
        default: break
        }
    }

    private mutating func hit(_ change: Change) {
        tellsOfHits = true
        add(change)
    }

    private mutating func add(_ change: Change) {
        // A list as long as a message can be is not searched again and again.
        if changes.count < Self.most, !changes.contains(change) { changes.append(change) }
    }

    private static let most = Signal.mostTargets + 4

    private mutating func close(at place: Int, needsPortion: Bool) {
        if case .term(.candle)? = message.kind(at: place - 1) { return }
        guard !isFollowedByBound(place) else { return }
        for neighbour in [place + 1, place + 2, place - 1] {
            if case .portion(let percent)? = message.kind(at: neighbour), let portion = Portion(percent: percent) {
                return add(.closed(portion))
            }
        }
        if !needsPortion { add(.closed(.all)) }
    }

    /// "Invalid below 42000", "close above 43000": a condition on the price.
    private func isFollowedByBound(_ place: Int) -> Bool {
        switch message.kind(at: place + 1) {
        case .term(.above)?, .term(.below)?, .term(.beyond)?: true
        default: false
        }
    }
}

extension Instructions {
    /// New prices, of a message that proposes no trade: "sl 1.0840", "TP2 now 1.0920". Not those that were hit.
    mutating func addPrices() {
        var (targets, entry, stop) = ([Price](), PriceRange?.none, Price?.none)
        isConditional = false
        for phrase in message.phrases {
            if case .pause = phrase.kind { isConditional = false }
            if case .term(.when) = phrase.kind { isConditional = true }
            guard case .prices(let label, let number, let range) = phrase.kind, !range.isEmpty, !isConditional else {
                continue
            }
            switch label {
            case .entry: entry = message.range(range, quoting, with: entry)
            case .stop where !changes.contains(.stopHit): stop = message.prices(range, quoting).first ?? stop
            case .target where !changes.contains(.targetHit(number: number > 0 ? number : nil)):
                let prices = message.prices(range, quoting)
                if number > 0, prices.count == 1 { add(.target(number: number, prices[0])) } else { targets += prices }
            default: break
            }
        }
        if let entry { add(.entry(entry)) }
        if let stop { add(.stopLoss(stop)) }
        if !targets.isEmpty { add(.targets(Array(targets.prefix(Signal.mostTargets)))) }
    }
}

extension Change {
    fileprivate var isHit: Bool {
        switch self {
        case .targetHit, .allTargetsHit, .stopHit: true
        default: false
        }
    }
}
