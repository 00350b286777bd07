internal import ChannelsContracts
internal import Signals
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindPersistence
internal import TradewindRepositories

/// There are more followers than one batch copies for: the service tells itself to go on. So each batch is a message
/// and a transaction; others have their turn in between, and whoever is killed goes on where he was.
struct CopyingContinued: IntegrationEvent {
    static let name: EventName = "copying.continued"
    let signalId: SignalID, after: FollowerID
    var subject: String { signalId.description }
}

/// The same for copies that end with their signal.
struct EndingContinued: IntegrationEvent {
    static let name: EventName = "copies-ending.continued"
    let signalId: SignalID
    var subject: String { signalId.description }
}

extension Subscription {
    static func copySignal(_ copier: Copier) -> Subscription {
        .reaction(to: TradingSignalReceived.self, by: ChannelsService.name, in: copier.store.work) {
            try await copier.copy($0.signalId, after: nil, $1, for: $2)
        }
    }

    static func continueCopying(_ copier: Copier) -> Subscription {
        .reaction(to: CopyingContinued.self, by: ChannelsService.name, in: copier.store.work) {
            try await copier.copy($0.signalId, after: $0.after, $1, for: $2)
        }
    }

    static func endCopies(_ copier: Copier) -> Subscription {
        .reaction(to: TradingSignalUpdated.self, by: ChannelsService.name, in: copier.store.work) {
            guard $0.status != TradingSignal.Status.open.rawValue else { return }
            try await copier.end($0.signalId, $1, for: $2)
        }
    }

    static func continueEnding(_ copier: Copier) -> Subscription {
        .reaction(to: EndingContinued.self, by: ChannelsService.name, in: copier.store.work) {
            try await copier.end($0.signalId, $1, for: $2)
        }
    }
}

/// Copies signals for those who follow their channels, a batch at a time.
struct Copier: Sendable {
    let store: Store
    let clockwork: Clockwork
    /// Small enough that who waits for the database meanwhile hardly notices.
    static let batch = 50

    func copy(_ id: SignalID, after: FollowerID?, _ work: Work, for request: RequestContext) async throws {
        guard let (signal, quote) = try await signal(id, work), signal.isOpen else { return }
        let followers = try await work.followers(
            of: signal.channel, without: id, after: after, limit: Self.batch)
        for (follower, exposure) in followers where follower.terms.want(signal.terms) {
            let copy = Copy(signal.terms, for: follower.terms, with: exposure, quote: quote)
            try work.keep(copy, clockwork.newID(), of: signal, for: follower, request)
        }
        guard followers.count == Self.batch, let last = followers.last else { return }
        try work.publish(CopyingContinued(signalId: id, after: last.follower.id), for: request)
    }

    /// What was gained or lost is booked for the followers. Nobody loses what nobody knows.
    func end(_ id: SignalID, _ work: Work, for request: RequestContext) async throws {
        guard let (signal, _) = try await signal(id, work) else { return }
        let copies = try await work.openCopies(of: id, limit: Self.batch)
        for copy in copies {
            let gain = signal.gain.map { copy.volume * Int64($0) / 10_000 }
            work.end(copy, gain: gain)
            guard let gain, gain != 0 else { continue }
            do {
                try await work.update(copy.follower, in: .followers) { $0.book(gain, at: clockwork.now()) }
            } catch is NotFound {}  // gone meanwhile
        }
        guard copies.count == Self.batch else { return }
        try work.publish(EndingContinued(signalId: id), for: request)
    }

    private func signal(_ id: SignalID, _ work: Work) async throws -> (signal: TradingSignal, quote: Quote?)? {
        let rows = try await work.query(
            """
            SELECT \(TradingSignal.columns), p.quote FROM signals s LEFT JOIN prices p ON p.symbol = s.symbol
            WHERE s.id = \(id)
            """)
        return try rows.first.map { row in
            (try TradingSignal(row), try row.decode(2, as: JSONText?.self)?.decode(Quote.self))
        }
    }
}
