package import ChannelsContracts
package import Signals
package import TradewindDomain
package import UsersContracts

/// A trade that a channel has proposed, from its message to its end.
package struct TradingSignal: Aggregate, Codable, Equatable {
    package enum Status: String, CaseIterable, Codable, Sendable {
        case open
        /// The last target is reached.
        case targetHit = "target-hit"
        case stopped
        /// By a message; also an order that was taken back before it was filled.
        case closed, expired
    }

    package typealias Tag = SignalTag
    package typealias Event = SignalEvent

    package static let kind = "signal"
    package let id: SignalID, channel: ChannelID
    /// Of the channel.
    package let user: UserID
    package private(set) var terms: SignalTerms
    package let receivedAt: Timestamp, expiresAt: Timestamp?
    package private(set) var status = Status.open
    package private(set) var settledAt: Timestamp?
    package private(set) var position: Position
    package var version = Version.new

    private enum CodingKeys: CodingKey {
        case id, channel, user, terms, receivedAt, expiresAt, status, settledAt, position
    }

    package static func open(
        _ id: SignalID, in channel: ChannelID, of user: UserID, _ terms: SignalTerms, at now: Timestamp,
        expires: Timestamp?
    ) -> (signal: TradingSignal, events: [SignalEvent]) {
        (TradingSignal(id, channel, user, terms, receivedAt: now, expiresAt: expires), [.received])
    }

    private init(
        _ id: SignalID, _ channel: ChannelID, _ user: UserID, _ terms: SignalTerms, receivedAt: Timestamp,
        expiresAt: Timestamp?
    ) {
        (self.id, self.channel, self.user, self.terms) = (id, channel, user, terms)
        (self.receivedAt, self.expiresAt) = (receivedAt, expiresAt)
        position = Position(terms)
    }

    package var isOpen: Bool { status == .open }

    /// What following it to the end would have brought: hundredths of a percent. Nil when nobody knows.
    package var gain: Int? { position.gain }
    /// Whether it was a good one: it has reached a target, or brought a gain otherwise.
    package var isHit: Bool { position.targetsHit > 0 || (gain ?? 0) > 0 }

    /// What a message says of it.
    ///
    /// - Parameter quote: what the market says at that moment, if anybody has told.
    package mutating func steer(_ change: Change, quote: Quote?, at now: Timestamp) throws(SignalError) -> [SignalEvent]
    {
        guard isOpen else { throw .settledSignalsStayAsTheyAre(status) }
        switch change {
        case .entry(let entry): return try move(entry: entry)
        case .stopLoss(let price): return try move(stop: price)
        case .breakEven:
            guard let entry = position.entry else { throw .breakEvenNeedsAnEntry }
            return try move(stop: entry)
        case .targets(let targets): return try move(targets: targets)
        case .target(let number, let price):
            var targets = terms.targets
            guard 1...targets.count + 1 ~= number, number > position.targetsHit, number <= Signal.mostTargets else {
                throw .noSuchTarget(number)
            }
            if number > targets.count { targets.append(price) } else { targets[number - 1] = price }
            return try move(targets: targets)
        case .targetHit(let number): return try hit(number ?? position.targetsHit + 1, at: now)
        case .allTargetsHit: return try hit(max(1, terms.targets.count), at: now)
        case .stopHit: return settle(.stopped, at: terms.stopLoss, now)
        case .cancelled:
            guard !position.isFilled else { throw .onlyPendingOrdersCanBeCancelled }
            return settle(.closed, as: .cancelled, at: nil, now)
        case .closed(let portion):
            if portion == .all { return settle(.closed, at: quote?.price(against: terms.side), now) }
            position.close(percent: portion.percent, at: quote?.price(against: terms.side), terms.side)
            return [.partClosed(portion.percent)]
        }
    }

    /// What the market says of it.
    package mutating func see(_ quote: Quote, at now: Timestamp) -> [SignalEvent] {
        guard isOpen else { return [] }
        var events: [SignalEvent] = []
        if position.isWaiting {
            guard position.fill(terms, at: quote) else { return [] }
            events.append(.filled)
        }
        let price = quote.price(against: terms.side)
        // The worse comes first: of a price that jumps over both nobody can say which was reached.
        if let stop = terms.stopLoss, !terms.side.isBetter(price, than: stop) {
            return events + settle(.stopped, at: price, now)
        }
        let reached = terms.targets.prefix { !terms.side.isBetter($0, than: price) }.count
        guard reached > position.targetsHit else { return events }
        return events + hit(upTo: reached, now)
    }

    package mutating func expire(quote: Quote?, at now: Timestamp) -> [SignalEvent] {
        guard isOpen, let expiresAt, expiresAt <= now else { return [] }
        return settle(.expired, at: quote?.price(against: terms.side), now)
    }

    // MARK: What changes

    private mutating func move(entry: PriceRange) throws(SignalError) -> [SignalEvent] {
        guard position.isWaiting else { throw .filledOrdersKeepTheirEntry }
        try check(entry: entry, terms.targets, terms.stopLoss)
        terms.entry = entry
        position.plan(terms)
        return [.entryMoved]
    }

    private mutating func move(stop: Price) throws(SignalError) -> [SignalEvent] {
        // Also beyond the entry: then it keeps a profit.
        try check(entry: nil, Array(terms.targets.dropFirst(position.targetsHit)), stop)
        if terms.stopLoss == stop { return [] }
        terms.stopLoss = stop
        return [.stopMoved]
    }

    private mutating func move(targets: [Price]) throws(SignalError) -> [SignalEvent] {
        guard targets.count > position.targetsHit, targets.count <= Signal.mostTargets else {
            throw .noSuchTarget(targets.count)
        }
        try check(entry: terms.entry, targets, nil)
        if let stop = terms.stopLoss { try check(entry: nil, targets, stop) }
        if targets == terms.targets { return [] }
        terms.targets = targets
        return [.targetsMoved]
    }

    private func check(entry: PriceRange?, _ targets: [Price], _ stop: Price?) throws(SignalError) {
        let side = terms.side
        for target in targets {
            if let stop, !side.isBetter(target, than: stop) { throw .targetsLieBeyondTheStop }
            if let entry, !side.isBetter(target, than: entry.worst(for: side)) { throw .targetsLieBeyondTheEntry }
        }
        if let entry, let stop, !side.isBetter(entry.worst(for: side), than: stop) { throw .entriesLieBeforeTheStop }
    }

    private mutating func hit(_ number: Int, at now: Timestamp) throws(SignalError) -> [SignalEvent] {
        // Said again.
        if number <= position.targetsHit, number >= 1 { return [] }
        guard number >= 1, number <= max(1, terms.targets.count) else { throw .noSuchTarget(number) }
        return hit(upTo: number, now)
    }

    private mutating func hit(upTo number: Int, _ now: Timestamp) -> [SignalEvent] {
        position.isFilled = true
        guard number < terms.targets.count else {
            return settle(.targetHit, as: .targetHit(number), at: terms.targets.last, now)
        }
        position.hit(upTo: number, of: terms)
        return [.targetHit(number)]
    }

    private mutating func settle(
        _ end: Status, as event: SignalEvent? = nil, at price: Price?, _ now: Timestamp
    ) -> [SignalEvent] {
        if end == .targetHit { position.hit(upTo: max(1, terms.targets.count), of: terms) }
        position.close(percent: 100, at: price, terms.side)
        (status, settledAt) = (end, now)
        return [event ?? SignalEvent(end)]
    }
}

/// What happened to a signal, by the word that others hear of it.
package enum SignalEvent: DomainEvent, Hashable {
    case received, entryMoved, stopMoved, targetsMoved, filled, stopped, closed, cancelled, expired
    case targetHit(Int), partClosed(Int)

    fileprivate init(_ end: TradingSignal.Status) {
        self =
            switch end {
            case .stopped: .stopped
            case .expired: .expired
            case .open, .targetHit, .closed: .closed
            }
    }

    package var word: String {
        switch self {
        case .received: "received"
        case .entryMoved: "entry"
        case .stopMoved: "stop-loss"
        case .targetsMoved: "targets"
        case .filled: "filled"
        case .stopped: "stopped"
        case .closed: "closed"
        case .cancelled: "cancelled"
        case .expired: "expired"
        case .targetHit: "target-hit"
        case .partClosed: "part-closed"
        }
    }
}

package enum SignalError: DomainError, Hashable {
    case settledSignalsStayAsTheyAre(TradingSignal.Status)
    case targetsLieBeyondTheEntry, targetsLieBeyondTheStop, entriesLieBeforeTheStop
    case noSuchTarget(Int)
    case breakEvenNeedsAnEntry
    case filledOrdersKeepTheirEntry
    case onlyPendingOrdersCanBeCancelled

    package var rule: Rule {
        switch self {
        case .settledSignalsStayAsTheyAre: "settled-signals-stay-as-they-are"
        case .targetsLieBeyondTheEntry: "targets-lie-beyond-the-entry"
        case .targetsLieBeyondTheStop: "targets-lie-beyond-the-stop"
        case .entriesLieBeforeTheStop: "entries-lie-before-the-stop"
        case .noSuchTarget: "no-such-target"
        case .breakEvenNeedsAnEntry: "break-even-needs-an-entry"
        case .filledOrdersKeepTheirEntry: "filled-orders-keep-their-entry"
        case .onlyPendingOrdersCanBeCancelled: "only-pending-orders-can-be-cancelled"
        }
    }
}
