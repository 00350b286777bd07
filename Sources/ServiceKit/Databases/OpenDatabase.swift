package import TradewindPersistence
internal import TradewindPostgres
package import TradewindReactor
internal import TradewindSQLite

/// How a service uses its database, whichever it is.
package struct DatabaseLimits: Hashable, Sendable {
    package var connections: Int, statementTimeout: Duration

    package init(connections: Int, statementTimeout: Duration) {
        (self.connections, self.statementTimeout) = (connections, statementTimeout)
    }
}

extension DatabaseURL {
    /// The one place that knows which adapters there are. Nothing is asked of the database yet.
    ///
    /// - Throws: what is wrong with the text, without a password.
    package func open(
        _ limits: DatabaseLimits, on loops: EventLoopGroup, workers: WorkerPool
    ) throws(UnusableDatabaseURL) -> any Database {
        switch place {
        case .postgres:
            if let problem = PostgresSettings.problem(in: text) { throw UnusableDatabaseURL(reason: problem) }
            var settings = PostgresSettings(text)
            (settings.connections, settings.statementTimeout) = (limits.connections, limits.statementTimeout)
            return PostgresDatabase(on: loops, workers: workers, settings: settings)
        case .sqlite(let path): return Self.sqlite(.file(path), limits)
        case .memory: return Self.sqlite(.memory, limits)
        }
    }

    private static func sqlite(_ place: SQLiteSettings.Place, _ limits: DatabaseLimits) -> any Database {
        var settings = SQLiteSettings(place)
        settings.statementTimeout = limits.statementTimeout
        return SQLiteDatabase(settings)
    }
}

package struct UnusableDatabaseURL: Error, Hashable, Sendable {
    package let reason: String
}
