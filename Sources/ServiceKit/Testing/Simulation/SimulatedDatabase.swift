internal import TradewindDomain
package import TradewindPersistence
internal import TradewindSQLite

/// What of a program's state outlives it: an SQLite database in memory. One has it at a time, the others wait.
///
/// Safety: `@unchecked Sendable` because the simulation has one thread.
package final class SimulatedDisk: @unchecked Sendable {
    fileprivate final class Turn {}

    fileprivate let connection: SoleConnection
    private var holder: Turn?
    private var waiting: [(turn: Turn, continuation: CheckedContinuation<Void, Never>)] = []

    package init() throws(DatabaseError) { connection = try SoleConnection() }

    /// As it was when its tables had just been made.
    package func empty() throws(DatabaseError) { try connection.empty() }

    /// Past all faults: for looking at it when all is over.
    package func query(_ sql: SQL) throws(DatabaseError) -> Rows { try connection.query(sql) }

    fileprivate func take(_ turn: Turn) async {
        if holder == nil { return holder = turn }
        await withCheckedContinuation { waiting.append((turn, $0)) }
    }

    /// What was not committed is gone.
    fileprivate func giveBack(_ turn: Turn) {
        guard holder === turn else { return }
        connection.rollBack()
        holder = waiting.first?.turn
        if !waiting.isEmpty { waiting.removeFirst().continuation.resume() }
    }
}

/// A disk in the hands of a program. Commits are whole or not at all; what is said about them may be lost.
package final class SimulatedDatabase: Database {
    private let disk: SimulatedDisk
    private let life: Life
    package let dialect = Dialect.sqlite

    package init(_ disk: SimulatedDisk, of life: Life) { (self.disk, self.life) = (disk, life) }

    package func attempt<Result>(
        _ options: TransactionOptions, _ body: (any Transaction) async throws -> Result
    ) async throws -> Result {
        let transaction = SimulatedTransaction(disk, life)
        defer { transaction.end() }
        let result = try await body(transaction)
        try await transaction.commit([])
        return result
    }

    package func query(_ sql: SQL) async throws(DatabaseError) -> Rows {
        guard let rows = try await batch([sql]).first else { throw .connectionLost }
        return rows
    }

    package func batch(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        let transaction = SimulatedTransaction(disk, life)
        defer { transaction.end() }
        return try await transaction.finish(statements)
    }

    package func run(_ script: SQLScript) async throws(DatabaseError) {
        let transaction = SimulatedTransaction(disk, life)
        defer { transaction.end() }
        try await transaction.run(script)
        try await transaction.commit([])
    }

    package func pause(afterAttempt attempt: Int) async throws(DatabaseError) {
        let pause = Backoff(first: .milliseconds(2), most: .milliseconds(200))
            .pause(beforeAttempt: attempt, chance: UInt64(life.simulation.roll(0...1_023)))
        do { try await life.clockwork.sleep(pause) } catch { throw .cancelled }
    }

    package func ping() async throws(DatabaseError) { _ = try await query("SELECT 1") }
    package func connectionCount() async -> ConnectionCount { ConnectionCount(idle: 1) }
    package func close() async {}

    package func listen(
        to channel: Channel, _ onNotice: @escaping @Sendable (Notice) -> Void
    ) async throws(DatabaseError) { throw .notSimulated }
}

/// Safety: `@unchecked Sendable` because the simulation has one thread.
private final class SimulatedTransaction: Transaction, @unchecked Sendable {
    private let disk: SimulatedDisk
    private let life: Life
    private let turn = SimulatedDisk.Turn()
    private var failure: DatabaseError?
    private var hasBegun = false, isOver = false
    let dialect = Dialect.sqlite

    init(_ disk: SimulatedDisk, _ life: Life) { (self.disk, self.life) = (disk, life) }

    func query(_ sql: SQL) async throws(DatabaseError) -> Rows {
        try await step(sql.summary) { connection throws(DatabaseError) in try connection.query(sql) }
    }

    func batch(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        try await step("\(statements.count) statements") { connection throws(DatabaseError) in
            try connection.query(statements)
        }
    }

    func run(_ script: SQLScript) async throws(DatabaseError) {
        try await step("a script") { connection throws(DatabaseError) in try connection.run(script) }
    }

    func commit(_ statements: [SQL]) async throws(DatabaseError) {
        if !isOver || !statements.isEmpty { _ = try await finish(statements) }
    }

    func finish(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        let isNothing = statements.isEmpty && !hasBegun
        defer { isOver = true }
        if isNothing, failure == nil { return [] }
        let writes = statements.contains { !$0.statement.begins(with: "SELECT") } || hasBegun
        let rows = try await step(statements.map(\.summary).joined(separator: "; ") + " and commit") {
            [life] connection throws(DatabaseError) in
            let rows = try connection.query(statements)
            if writes, life.simulation.strikes(.conflict) { throw .serializationFailure }
            try connection.commit()
            return rows
        }
        isOver = true
        disk.giveBack(turn)
        try await hearing(writes)
        return rows
    }

    /// It is done; who asked may never know.
    private func hearing(_ writes: Bool) async throws(DatabaseError) {
        guard life.survives("when it had committed") else { throw .connectionLost }
        if writes, life.simulation.strikes(.commitUnheard) {
            life.note("  hears nothing of its commit")
            throw .connectionLost
        }
        do { try await life.simulation.dawdle() } catch { throw .cancelled }
    }

    private func step<Answer>(
        _ what: @autoclosure () -> String, _ work: (SoleConnection) throws(DatabaseError) -> Answer
    ) async throws(DatabaseError) -> Answer {
        if let failure { throw failure }
        if isOver { throw .refused(sqlState: "25P01", message: nil) }
        do throws(DatabaseError) {
            try await arrive(what())
            let answer = try work(disk.connection)
            life.note("\(what())")
            return answer
        } catch {
            life.note("\(what()): \(error)")
            failure = error
            disk.giveBack(turn)
            throw error
        }
    }

    private func arrive(_ what: @autoclosure () -> String) async throws(DatabaseError) {
        do { try await life.simulation.dawdle() } catch { throw .cancelled }
        guard life.survives("before \(what())") else { throw .connectionLost }
        if life.simulation.strikes(.databaseAway) { throw .unavailable("the database is away") }
        guard !hasBegun else { return }
        hasBegun = true
        await disk.take(turn)
        life.atEnd { [disk, turn] in disk.giveBack(turn) }
        if life.isOver { throw .connectionLost }
        if Task.isCancelled { throw .cancelled }
        try disk.connection.begin()
    }

    func end() {
        isOver = true
        disk.giveBack(turn)
    }
}

// What no scenario has needed yet.

extension Session where Self: SimulatedSession {
    package func stream(_ sql: SQL, _ body: (Rows) async throws -> Void) async throws {
        throw DatabaseError.notSimulated
    }

    package func load(_ table: BulkTable, _ body: (any BulkLoader) async throws -> Void) async throws -> Int {
        throw DatabaseError.notSimulated
    }

    package func notify(_ channel: Channel, _ payload: String) async throws(DatabaseError) { throw .notSimulated }
}

package protocol SimulatedSession {}
extension SimulatedDatabase: SimulatedSession {}
extension SimulatedTransaction: SimulatedSession {}

extension DatabaseError {
    fileprivate static var notSimulated: DatabaseError { .refused(sqlState: "0A000", message: "not simulated") }
}

extension SQL {
    /// Its beginning and its end.
    fileprivate var summary: String {
        let words = description.split { $0 == " " || $0 == "\n" }
        return words.prefix(3).joined(separator: " ") + (words.count > 6 ? " … " : " ")
            + words.dropFirst(3).suffix(3).joined(separator: " ")
    }
}
