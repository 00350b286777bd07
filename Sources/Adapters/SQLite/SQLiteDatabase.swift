package import TradewindPersistence
internal import TradewindReactor

/// SQLite: a file with a write-ahead log, one thread that writes and some that read, for any number of tasks.
///
/// Reads see what was committed when they began, whatever is being written. Writes that arrive while a commit is on its
/// way to the disk share the next one, with the transactions that have only read until then. A transaction that has
/// written has the writer alone until its end.
package final class SQLiteDatabase: Database {
    private let writer: Crew, readers: Crew
    private let notices = Notices()
    private let routes = Routes()
    package let dialect = Dialect.sqlite

    /// Opens nothing yet: the first statement does, and says why if it cannot.
    package init(_ settings: SQLiteSettings) {
        let opening = Opening(settings)
        writer = Crew(members: 1, settings: settings, groupLimit: settings.groupLimit) { () throws(DatabaseError) in
            try opening.open(isReader: false)
        } serve: { calls, connection in
            connection.serve(writes: calls)
        }
        readers = Crew(members: max(settings.readers, 1), settings: settings, groupLimit: 1) {
            () throws(DatabaseError) in
            try opening.open(isReader: true)
        } serve: { calls, connection in
            connection.serve(reads: calls)
        }
    }

    /// Refuses new work, lets what has begun finish, and closes the file: the log is brought home into it. Until then
    /// the threads keep the database alive.
    package func close() async {
        await withCheckedContinuation { done in readers.stop { done.resume() } }
        await withCheckedContinuation { done in writer.stop { done.resume() } }
    }

    // MARK: Session

    package func query(_ sql: SQL) async throws(DatabaseError) -> Rows {
        if routes.reads(sql.statement) {
            do {
                return try await readers.askOne { connection throws(DatabaseError) in
                    try connection.query(sql, mayWrite: false)
                }
            } catch .refused(sqlState: "25006", message: _) {
                routes.learn(thatItWrites: sql.statement)
            }
        }
        return try await writer.askOne { connection throws(DatabaseError) in try connection.query(sql) }
    }

    package func batch(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        if statements.isEmpty { return [] }
        if statements.allSatisfy({ routes.reads($0.statement) }) {
            do {
                return try await readers.ask(
                    Call { connection throws(DatabaseError) in try connection.read(statements) })
            } catch .refused(sqlState: "25006", message: _) {}
        }
        return try await writer.ask(
            Call { connection throws(DatabaseError) in try connection.query(statements) })
    }

    package func stream(_ sql: SQL, _ body: (Rows) async throws -> Void) async throws {
        let isReadOnly = routes.reads(sql.statement)
        try await attempt(TransactionOptions(isReadOnly: isReadOnly)) { try await $0.stream(sql, body) }
    }

    package func load(_ table: BulkTable, _ body: (any BulkLoader) async throws -> Void) async throws -> Int {
        try await attempt(TransactionOptions()) { try await $0.load(table, body) }
    }

    package func run(_ script: SQLScript) async throws(DatabaseError) {
        do {
            try await attempt(TransactionOptions()) { try await $0.run(script) }
        } catch {
            throw error as? DatabaseError ?? .cancelled
        }
    }

    package func notify(_ channel: Channel, _ payload: String) async throws(DatabaseError) {
        notices.tell(channel, payload)
    }

    // MARK: Database

    package func attempt<Result>(
        _ options: TransactionOptions, _ body: (any Transaction) async throws -> Result
    ) async throws -> Result {
        let transaction = SQLiteTransaction(options, writer: writer, readers: readers, routes: routes)
        do {
            let result = try await body(transaction)
            try await transaction.commit([])
            for notice in transaction.said { notices.tell(notice.channel, notice.payload) }
            await transaction.end()
            return result
        } catch {
            await transaction.end()
            throw error
        }
    }

    package func pause(afterAttempt attempt: Int) async throws(DatabaseError) {
        var chance: [UInt64] = [0]
        var span = chance.mutableSpan
        fillWithRandomness(&span)
        let pause = Backoff(first: .milliseconds(2), most: .milliseconds(200))
            .pause(beforeAttempt: attempt, chance: chance[0])
        do { try await Task.sleep(for: pause) } catch { throw .cancelled }
    }

    package func listen(
        to channel: Channel, _ onNotice: @escaping @Sendable (Notice) -> Void
    ) async throws(DatabaseError) {
        let number = notices.add(channel, onNotice)
        defer { notices.remove(number, from: channel) }
        onNotice(.listening)
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(86_400)) }
        throw .cancelled
    }

    package func ping() async throws(DatabaseError) { _ = try await query("SELECT 1") }

    package func connectionCount() async -> ConnectionCount {
        readers.connectionCount + writer.connectionCount
    }
}

extension Connection {
    fileprivate func serve(reads calls: [Call]) {
        for call in calls {
            do throws(DatabaseError) {
                try call.perform(on: self)
                call.succeed()
            } catch {
                call.fail(error)
            }
        }
    }
}
