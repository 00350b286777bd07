internal import ChannelsContracts
internal import Signals
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence
internal import TradewindRepositories
internal import UsersContracts

/// Takes messages of one channel in: reads what they mean, lets it happen, keeps it, tells the others. All in one
/// transaction, in which the channel is locked: its messages take effect one after the other.
struct MessageIntake: Sendable {
    let clockwork: Clockwork

    func take(
        _ contents: [MessageContent], in id: ChannelID, _ work: Work, for request: RequestContext
    ) async throws -> [MessageReceipt] {
        let channel = try await channel(id, work, for: request)
        var known = try await work.messages(
            contents.flatMap { [$0.externalID, $0.replyTo] }.compactMap(\.self), in: id)
        let parser = parser(channel.settings)
        let readings = contents.map { channel.status == .paused ? nil : parser.read($0.text).meaning }
        var conversation = try await conversation(channel, readings, known, work)
        var messages: [ChannelMessage] = []
        for (content, meaning) in zip(contents, readings) {
            if let name = content.externalID, let message = known[name] {
                messages.append(message)
                continue
            }
            var message = ChannelMessage(clockwork.newID(), content, at: clockwork.now())
            if let meaning {
                conversation.hear(&message, meaning, newID: clockwork.newID())
            } else {
                message.ignore(because: "channel-paused")
            }
            if let name = content.externalID { known[name] = message }
            try work.keep(message, in: channel, for: request)
            messages.append(message)
        }
        for effect in conversation.effects { try work.keep(effect.signal, effect.events, for: request) }
        return try await receipts(messages, conversation, work)
    }

    /// Learning words of its own takes longer than reading a message, and is nothing beside a transaction.
    private func parser(_ settings: ChannelSettings) -> SignalParser {
        settings == .standard ? Self.standard : SignalParser(settings.vocabulary)
    }

    private static let standard = SignalParser()

    private func channel(_ id: ChannelID, _ work: Work, for request: RequestContext) async throws -> ChannelView {
        let rows = try await work.query("SELECT \(ChannelView.columns) FROM channels WHERE id = \(id) FOR UPDATE")
        guard let row = rows.first else { throw NotFound(Channel.kind, id) }
        let channel = try ChannelView(row)
        try Access.only(channel.userId).admit(request.caller)
        guard channel.status != .closed else { throw ChannelError.closedChannelsTakeNoMessages }
        return channel
    }

    /// The open signals are only fetched for a message that could change them.
    private func conversation(
        _ channel: ChannelView, _ readings: [Meaning?], _ known: [ExternalID: ChannelMessage], _ work: Work
    ) async throws -> Conversation {
        let open =
            readings.contains { $0?.isAboutSignals == true }
            ? try await work.openSignals("s.channel_id = \(channel.id) ORDER BY s.id") : []
        let quotes = open.compactMap { entry in entry.quote.map { (entry.signal.terms.symbol, $0) } }
        return Conversation(
            in: channel.id, of: channel.userId, channel.settings, open: open.map(\.signal),
            subjects: known.mapValues(\.signals), quotes: Dictionary(quotes) { first, _ in first })
    }

    private func receipts(
        _ messages: [ChannelMessage], _ conversation: Conversation, _ work: Work
    ) async throws -> [MessageReceipt] {
        var views: [SignalID: SignalView] = [:]
        for effect in conversation.effects { views[effect.signal.id] = SignalView(effect.signal) }
        let missing = messages.compactMap(\.signal).filter { views[$0] == nil }
        if !missing.isEmpty {
            let rows = try await work.query(
                "SELECT \(TradingSignal.columns) FROM signals s WHERE s.id = ANY (\(missing))")
            for view in try rows.decode(SignalView.self) { views[view.id] = view }
        }
        return messages.map { message in MessageReceipt(message, message.signal.flatMap { views[$0] }) }
    }
}

extension Meaning {
    fileprivate var isAboutSignals: Bool {
        switch self {
        case .update, .close: true
        case .signal, .none: false
        }
    }
}
