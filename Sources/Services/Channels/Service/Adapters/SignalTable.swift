internal import ChannelsContracts
internal import Signals
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindPersistence
internal import TradewindRepositories
internal import UsersContracts

extension TradingSignal.Status: SQLBindable, SQLReadable {}
extension Side: SQLBindable {}

extension TradingSignal {
    static let columns: SQL = "s.body, s.version"

    init(_ row: Row) throws {
        self = try row.decode(0, as: JSONText.self).decode()
        version = try row.decode(1)
    }

    /// What is asked for stands in columns, the rest in one document.
    fileprivate var insertion: SQL {
        get throws {
            """
            INSERT INTO signals (id, channel_id, symbol, side, status, received_at, expires_at, risk_reward, is_hit,
            body, version)
            VALUES (\(id), \(channel), \(terms.symbol.description), \(terms.side), \(status), \(receivedAt), \(expiresAt),
            \(terms.riskReward?.hundredths), false, \(try JSONText(self)), \(version))
            """
        }
    }

    fileprivate var update: SQL {
        get throws {
            """
            UPDATE signals SET status = \(status), settled_at = \(settledAt), gain = \(settledAt == nil ? nil : gain),
            is_hit = \(isHit),             body = \(try JSONText(self)), version = \(version) WHERE id = \(id)
            """
        }
    }
}

extension Work {
    /// The open signals that a condition chooses, with what the market says of each. Nobody else changes them until the
    /// commit; always in the order of their ids, so that two who lock several never wait for each other in a circle.
    func openSignals(_ condition: SQL) async throws -> [(signal: TradingSignal, quote: Quote?)] {
        let rows = try await query(
            """
            SELECT \(TradingSignal.columns), p.quote FROM signals s LEFT JOIN prices p ON p.symbol = s.symbol
            WHERE s.status = 'open' AND \(condition) FOR UPDATE OF s
            """)
        return try rows.map { row in
            (try TradingSignal(row), try row.decode(2, as: JSONText?.self)?.decode(Quote.self))
        }
    }

    /// Keeps a signal to which something happened, and tells the others.
    func keep(_ signal: TradingSignal, _ events: [SignalEvent], for request: RequestContext) throws {
        guard !events.isEmpty else { return }
        var signal = signal
        signal.version = signal.version.next
        let isNew = events.contains(.received)
        write(isNew ? try signal.insertion : try signal.update)
        if isNew {
            try publish(
                TradingSignalReceived(
                    signalId: signal.id, channelId: signal.channel, userId: signal.user, terms: signal.terms,
                    receivedAt: signal.receivedAt),
                for: request)
        }
        let changed = events.filter { $0 != .received }.map(\.word)
        guard !changed.isEmpty else { return }
        if isNew { write(try signal.update) }
        try publish(
            TradingSignalUpdated(
                signalId: signal.id, channelId: signal.channel, userId: signal.user, changed: changed,
                status: signal.status.rawValue, terms: signal.terms, targetsHit: signal.position.targetsHit,
                openPercent: signal.position.openPercent),
            for: request)
    }
}
