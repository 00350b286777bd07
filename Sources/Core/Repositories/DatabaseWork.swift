internal import TradewindCQRS
package import TradewindDomain
package import TradewindMessaging
package import TradewindPersistence

/// The unit of work on a database: state and events of a command take effect together or not at all. What is read is
/// read at once; what is written waits for the end and leaves in one round trip with the events.
package struct DatabaseWork: UnitOfWork {
    private let database: any Database
    private let source: String
    private let clockwork: Clockwork
    private let bell: Bell

    /// - Parameters:
    ///   - source: the service that its events come from.
    ///   - bell: the relay's.
    package init(_ database: any Database, source: String, clockwork: Clockwork, bell: Bell) {
        (self.database, self.source, self.clockwork, self.bell) = (database, source, clockwork, bell)
    }

    @discardableResult
    package func callAsFunction<Result>(_ body: (Work) async throws -> Result) async throws -> Result {
        let (result, hasEvents) = try await database.transaction { transaction in
            let work = Work(transaction, source: source, clockwork: clockwork)
            let result = try await body(work)
            return (result, try await work.finish())
        }
        if hasEvents { bell.ring() }
        return result
    }

    /// Outside of any unit of work.
    func hasHandled(_ message: String, by inbox: Inbox) async throws -> Bool {
        try await inbox.holds(message, in: database)
    }
}
