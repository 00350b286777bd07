package import TradewindDomain
package import TradewindMessaging
package import TradewindPersistence

/// What a service keeps its state with.
package struct Store: Sendable {
    package let database: any Database
    /// State and events of a command, together or not at all.
    package let work: DatabaseWork
    /// Answers to idempotency keys.
    package let answers: DatabaseIdempotency

    /// - Parameters:
    ///   - bell: the relay's.
    ///   - retention: how long answers are kept.
    package init(
        _ database: any Database, of service: String, clockwork: Clockwork, bell: Bell,
        answersFor retention: Duration = .seconds(24 * 3600)
    ) {
        self.database = database
        work = DatabaseWork(database, source: service, clockwork: clockwork, bell: bell)
        self.answers = DatabaseIdempotency(database, retention: retention)
    }
}
