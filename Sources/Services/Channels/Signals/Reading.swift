/// What was understood of a message: what it means, and which part of its text says so.
package struct Reading: Hashable, Sendable {
    package let meaning: Meaning
    /// In the order of the text.
    package let parts: [Part]

    package init(_ meaning: Meaning, parts: [Part] = []) { (self.meaning, self.parts) = (meaning, parts) }
}

package enum Meaning: Hashable, Sendable {
    /// A new trade; one with a `reason` is kept and not published.
    case signal(Signal)
    /// Something about an open signal, or several things.
    case update(Update)
    /// Nothing but that an open signal is to be closed.
    case close(Close)
    case none(Silence)
}

/// What a message does to open signals. Never without a change.
package struct Update: Hashable, Sendable {
    package let subject: Subject
    package let changes: [Change]

    package init(_ subject: Subject, _ changes: [Change]) { (self.subject, self.changes) = (subject, changes) }
}

package struct Close: Hashable, Sendable {
    package let subject: Subject
    package let portion: Portion

    package init(_ subject: Subject, _ portion: Portion = .all) { (self.subject, self.portion) = (subject, portion) }
}

/// Which open signals a message is about.
package enum Subject: Hashable, Sendable {
    /// Those of these symbols; never empty.
    case symbols([Symbol])
    /// It names none: the signal of the message that it answers; without one, that of the channel's default symbol.
    case unnamed
    /// "Close all trades."
    case everything
}

package enum Change: Hashable, Sendable {
    case entry(PriceRange)
    case stopLoss(Price)
    /// The stop goes to the entry.
    case breakEven
    /// These instead of all that there were.
    case targets([Price])
    /// `number` counts from 1.
    case target(number: Int, Price)
    /// Nil when it is not said which.
    case targetHit(number: Int?)
    case allTargetsHit
    case stopHit
    /// The order was not filled and is taken back.
    case cancelled
    case closed(Portion)
}

/// How much of a position: 1...100 percent.
package struct Portion: Hashable, Codable, Sendable {
    package let percent: Int

    package init?(percent: Int) {
        guard 1...100 ~= percent else { return nil }
        self.percent = percent
    }

    private init(_ percent: Int) { self.percent = percent }

    package static let all = Portion(100)
    package static let half = Portion(50)
    package static let third = Portion(33)
    package static let quarter = Portion(25)
}

/// Why a message means nothing to a trader.
package enum Silence: String, Codable, CaseIterable, Sendable, CustomStringConvertible {
    case empty
    case ignored
    case question
    case negated
    case noSymbol = "no-symbol"
    case noPrices = "no-prices"
    case advert
    case report
    case chatter

    package var description: String {
        switch self {
        case .empty: "there is no text in it"
        case .ignored: "it has a word that the channel ignores"
        case .question: "it asks"
        case .negated: "it says not to"
        case .noSymbol: "it names nothing to trade, and the channel has no default symbol"
        case .noPrices: "it names a side and nothing else of a trade"
        case .advert: "it advertises"
        case .report: "it tells what has been"
        case .chatter: "it says nothing of a trade"
        }
    }
}

/// A stretch of the text and what was read from it.
package struct Part: Hashable, Sendable {
    package enum Role: String, Codable, CaseIterable, Sendable {
        case side, symbol
        case orderType = "order-type"
        case entry
        case stopLoss = "stop-loss"
        case target, leverage, timeframe
        case riskReward = "risk-reward"
        case confidence, hit
        case breakEven = "break-even"
        case close, cancel, ignored
    }
    package let role: Role
    /// Places in the UTF-8 of the text.
    package let span: Range<Int>

    package init(_ role: Role, _ span: Range<Int>) { (self.role, self.span) = (role, span) }
}
