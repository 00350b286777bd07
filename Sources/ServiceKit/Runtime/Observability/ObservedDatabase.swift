package import TradewindDomain
package import TradewindObservability
package import TradewindPersistence

/// A database under watch: how long its statements take, and a span for each within a traced request.
package struct ObservedDatabase: Database {
    private let inner: any Database
    private let watch: StatementWatch

    package init(_ inner: any Database, metrics: Metrics, tracer: Tracer, clockwork: Clockwork) {
        self.inner = inner
        let times = metrics.histogram("db_query_duration_seconds", "From asking a database to its answer")
        watch = StatementWatch(times: times, tracer: tracer, clockwork: clockwork)
    }

    package var dialect: Dialect { inner.dialect }

    package func query(_ sql: SQL) async throws(DatabaseError) -> Rows {
        try await watch.timing(sql.description) { () async throws(DatabaseError) in try await inner.query(sql) }
    }

    @discardableResult
    package func batch(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        try await watch.timing("batch of \(statements.count)") { () async throws(DatabaseError) in
            try await inner.batch(statements)
        }
    }

    package func stream(_ sql: SQL, _ body: (Rows) async throws -> Void) async throws {
        try await inner.stream(sql, body)
    }
    package func load(_ table: BulkTable, _ body: (any BulkLoader) async throws -> Void) async throws -> Int {
        try await inner.load(table, body)
    }
    package func run(_ script: SQLScript) async throws(DatabaseError) { try await inner.run(script) }
    package func notify(_ channel: Channel, _ payload: String) async throws(DatabaseError) {
        try await inner.notify(channel, payload)
    }

    package func attempt<Result>(
        _ options: TransactionOptions, _ body: (any Transaction) async throws -> Result
    ) async throws -> Result {
        try await inner.attempt(options) { transaction in
            try await body(ObservedTransaction(inner: transaction, watch: watch))
        }
    }

    package func pause(afterAttempt attempt: Int) async throws(DatabaseError) {
        try await inner.pause(afterAttempt: attempt)
    }
    package func listen(
        to channel: Channel, _ onNotice: @escaping @Sendable (Notice) -> Void
    ) async throws(DatabaseError) { try await inner.listen(to: channel, onNotice) }
    package func ping() async throws(DatabaseError) { try await inner.ping() }
    package func connectionCount() async -> ConnectionCount { await inner.connectionCount() }
    package func close() async { await inner.close() }
}

private struct ObservedTransaction: Transaction {
    let inner: any Transaction
    let watch: StatementWatch

    var dialect: Dialect { inner.dialect }

    func query(_ sql: SQL) async throws(DatabaseError) -> Rows {
        try await watch.timing(sql.description) { () async throws(DatabaseError) in try await inner.query(sql) }
    }

    func batch(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        try await watch.timing("batch of \(statements.count)") { () async throws(DatabaseError) in
            try await inner.batch(statements)
        }
    }

    func stream(_ sql: SQL, _ body: (Rows) async throws -> Void) async throws { try await inner.stream(sql, body) }
    func load(_ table: BulkTable, _ body: (any BulkLoader) async throws -> Void) async throws -> Int {
        try await inner.load(table, body)
    }
    func run(_ script: SQLScript) async throws(DatabaseError) { try await inner.run(script) }
    func notify(_ channel: Channel, _ payload: String) async throws(DatabaseError) {
        try await inner.notify(channel, payload)
    }

    func commit(_ statements: [SQL]) async throws(DatabaseError) {
        try await watch.timing("commit of \(statements.count)") { () async throws(DatabaseError) in
            try await inner.commit(statements)
        }
    }
}

private struct StatementWatch: Sendable {
    let times: Histogram
    let tracer: Tracer
    let clockwork: Clockwork

    /// `statement` is text without values, made only for a span.
    func timing<Result>(
        _ statement: @autoclosure () -> String, _ body: () async throws(DatabaseError) -> Result
    ) async throws(DatabaseError) -> Result {
        let start = clockwork.uptime()
        let span = tracer.open(.client, statement())
        do {
            let result = try await body()
            times.record(clockwork.uptime() - start)
            span?.end()
            return result
        } catch {
            times.record(clockwork.uptime() - start)
            span?.end(hasFailed: true)
            throw error
        }
    }
}
