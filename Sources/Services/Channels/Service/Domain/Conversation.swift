package import ChannelsContracts
package import Signals
internal import TradewindDomain
package import UsersContracts

/// What is said in a channel, message after message, and what it does to the channel's signals. It decides and stores
/// nothing: whoever made it keeps what has changed.
package struct Conversation: Sendable {
    /// A signal that was opened or changed here, with all that happened to it.
    package struct Effect: Sendable {
        package internal(set) var signal: TradingSignal
        package internal(set) var events: [SignalEvent] = []
    }

    private let channel: ChannelID, user: UserID
    private let settings: ChannelSettings
    /// Of the symbols of the open signals, as far as the market has told.
    private let quotes: [Symbol: Quote]
    /// By its number, which rises in time.
    private var signals: [SignalID: Effect]
    /// What earlier messages were about, for those that answer them.
    private var subjects: [ExternalID: [SignalID]]

    /// - Parameters:
    ///   - open: the signals of the channel that are open.
    ///   - subjects: the signals of the messages that are answered here.
    package init(
        in channel: ChannelID, of user: UserID, _ settings: ChannelSettings, open: [TradingSignal],
        subjects: [ExternalID: [SignalID]], quotes: [Symbol: Quote]
    ) {
        (self.channel, self.user, self.settings) = (channel, user, settings)
        (self.subjects, self.quotes) = (subjects, quotes)
        signals = Dictionary(open.map { ($0.id, Effect(signal: $0)) }) { first, _ in first }
    }

    /// In the order of their opening.
    package var effects: [Effect] {
        signals.values.filter { !$0.events.isEmpty }.sorted { $0.signal.id < $1.signal.id }
    }

    /// - Parameter newID: of the signal that it may be.
    package mutating func hear(
        _ message: inout ChannelMessage, _ meaning: Meaning, newID: @autoclosure () -> SignalID
    ) {
        switch meaning {
        case .none(let silence): message.ignore(because: silence.rawValue)
        case .signal(let proposal):
            if let reason = proposal.reason {
                (message.kind, message.reason) = (.rejected, reason.rawValue)
            } else {
                open(proposal, newID(), &message)
            }
        case .update(let update): steer(signals(of: update, answering: message), update.changes, .update, &message)
        case .close(let close):
            let all = candidates(close.subject, answering: message)
            steer(all, [.closed(close.portion)], .close, &message)
        }
        if let id = message.content.externalID { subjects[id] = message.signals }
    }

    private mutating func open(_ proposal: Signal, _ id: SignalID, _ message: inout ChannelMessage) {
        let (signal, events) = TradingSignal.open(
            id, in: channel, of: user, SignalTerms(proposal), at: message.receivedAt,
            expires: settings.signalExpirySeconds.map { message.receivedAt + .seconds($0) })
        signals[id] = Effect(signal: signal, events: events)
        (message.kind, message.signal) = (.signal, id)
    }

    /// All of them or none: a message of which half is done would be hard to explain.
    private mutating func steer(
        _ ids: [SignalID], _ changes: [Change], _ kind: ChannelMessage.Kind, _ message: inout ChannelMessage
    ) {
        message.kind = kind
        guard !ids.isEmpty else { return message.reason = "no-open-signal" }
        var steered: [Effect] = []
        for id in ids {
            guard var effect = signals[id] else { continue }
            do throws(SignalError) {
                for change in changes where effect.signal.isOpen {
                    let quote = quotes[effect.signal.terms.symbol]
                    effect.events += try effect.signal.steer(change, quote: quote, at: message.receivedAt)
                }
            } catch {
                (message.kind, message.reason) = (.rejected, error.rule.description)
                return
            }
            steered.append(effect)
        }
        for effect in steered {
            signals[effect.signal.id] = effect
            message.updated.append(effect.signal.id)
        }
    }

    // MARK: What a message is about

    /// People speak of their latest signal, and close all of them.
    private func signals(of update: Update, answering message: ChannelMessage) -> [SignalID] {
        let all = candidates(update.subject, answering: message)
        if case .everything = update.subject { return all }
        var latest: [Symbol: SignalID] = [:]
        for id in all { if let symbol = signals[id]?.signal.terms.symbol { latest[symbol] = id } }
        return latest.values.sorted()
    }

    /// The open signals that it may mean, the oldest first.
    private func candidates(_ subject: Subject, answering message: ChannelMessage) -> [SignalID] {
        let open = signals.values.lazy.filter(\.signal.isOpen).map(\.signal).sorted { $0.id < $1.id }
        let answered = message.content.replyTo.flatMap { subjects[$0] } ?? []
        let replied = open.filter { answered.contains($0.id) }
        switch subject {
        case .everything: return open.map(\.id)
        case .unnamed:
            guard message.content.replyTo == nil else { return replied.map(\.id) }
            return open.filter { $0.terms.symbol == settings.defaultSymbol }.map(\.id)
        case .symbols(let symbols):
            let named = open.filter { symbols.contains($0.terms.symbol) }
            let both = replied.filter { symbols.contains($0.terms.symbol) }
            return (both.isEmpty ? named : both).map(\.id)
        }
    }
}

extension SignalTerms {
    init(_ signal: Signal) {
        self.init(
            symbol: signal.symbol, market: signal.market, side: signal.side, orderType: signal.orderType,
            entry: signal.entry, targets: signal.targets, stopLoss: signal.stopLoss, leverage: signal.leverage,
            timeframe: signal.timeframe, riskReward: signal.riskReward, confidence: signal.confidence)
    }
}
