internal import ChannelsContracts
internal import TradewindCQRS
package import TradewindDomain
internal import TradewindPersistence
package import TradewindRepositories

/// Ends the signals whose time is over.
package struct ExpireSignals: Sendable {
    private let store: Store
    private let clockwork: Clockwork
    private static let portion = 200

    package init(store: Store, clockwork: Clockwork) { (self.store, self.clockwork) = (store, clockwork) }

    package func callAsFunction(at now: Timestamp) async throws {
        while try await isAnyDue(now) { try await expire(now) }
    }

    /// Nobody is kept from writing to find out that there is nothing to do.
    private func isAnyDue(_ now: Timestamp) async throws -> Bool {
        try await !store.database.query(
            "SELECT 1 FROM signals WHERE status = 'open' AND expires_at <= \(now) LIMIT 1"
        ).isEmpty
    }

    private func expire(_ now: Timestamp) async throws {
        let request = RequestContext(id: .made(clockwork.newUUID()), caller: .service(ChannelsService.name))
        try await store.work { work in
            let due = try await work.openSignals("s.expires_at <= \(now) ORDER BY s.id LIMIT \(Self.portion)")
            for (signal, quote) in due {
                var signal = signal
                let events = signal.expire(quote: quote, at: now)
                try work.keep(signal, events, for: request)
            }
        }
    }
}
