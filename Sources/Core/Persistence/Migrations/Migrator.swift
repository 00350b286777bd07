package import TradewindDomain

/// Brings schemas up to date, when a service starts. All pending steps of a set are one transaction under a lock, so
/// that of several instances that start together one migrates and the others find it done.
package struct Migrator: Sendable {
    private let database: any Database

    package init(_ database: any Database) { self.database = database }

    package enum State: Hashable, Sendable {
        case applied(Timestamp), pending
        /// The text differs from the one that was applied.
        case changed
        /// Applied by a newer program.
        case unknown
    }

    /// Applies what is pending and returns the titles of it.
    @discardableResult
    package func migrate(_ set: MigrationSet, at now: Timestamp) async throws -> [String] {
        try await database.transaction { transaction in
            try await prepare(transaction)
            let applied = try await applied(set, in: transaction)
            try check(set, against: applied)
            let pending = set.migrations.dropFirst(applied.count)
            for migration in pending { try await apply(migration, of: set, at: now, in: transaction) }
            return pending.map(\.title)
        }
    }

    /// What `migrate --status` shows, without changing anything.
    package func status(_ set: MigrationSet) async throws -> [(title: String, state: State)] {
        let records: [Record]
        do { records = try await applied(set, in: database) } catch DatabaseError.refused(sqlState: "42P01", _) {
            records = []  // no migration has ever run here
        }
        let known = set.migrations.map { migration in
            guard let record = records.first(where: { $0.number == migration.number }) else {
                return (migration.title, State.pending)
            }
            let isSame = record.checksum == migration.checksum(for: database.dialect)
            return (migration.title, isSame ? .applied(record.appliedAt) : .changed)
        }
        return known
            + records.dropFirst(set.migrations.count).map {
                (Migration.title(number: $0.number, name: $0.name), State.unknown)
            }
    }

    private struct Record: RowReadable {
        let number: Int, name: String, checksum: String, appliedAt: Timestamp

        init(_ row: Row) throws {
            (number, name) = (try row.decode(0), try row.decode(1))
            (checksum, appliedAt) = (try row.decode(2), try row.decode(3))
        }
    }

    /// Alone from here to the commit. PostgreSQL needs a lock that is there before any table is: of two who create the
    /// same one at the same time, one would fail. SQLite needs none: a transaction that writes is alone.
    private func prepare(_ transaction: any Transaction) async throws {
        if transaction.dialect == .postgres {
            _ = try await transaction.query("SELECT 1 FROM pg_advisory_xact_lock(hashtext('schema_migrations'))")
        }
        try await transaction.run(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                owner text NOT NULL, number bigint NOT NULL, name text NOT NULL, checksum text NOT NULL,
                applied_at timestamptz NOT NULL, PRIMARY KEY (owner, number))
            """)
    }

    private func applied(_ set: MigrationSet, in session: any Session) async throws -> [Record] {
        try await session.query(
            """
            SELECT number, name, checksum, applied_at FROM schema_migrations WHERE owner = \(set.owner) ORDER BY number
            """
        ).decode()
    }

    private func check(_ set: MigrationSet, against applied: [Record]) throws(MigrationError) {
        for (index, migration) in set.migrations.enumerated() where migration.number != index + 1 {
            throw .misnumbered(owner: set.owner, title: migration.title, expected: index + 1)
        }
        for (index, record) in applied.enumerated() {
            guard index < set.migrations.count, record.number == index + 1 else {
                throw .unknown(owner: set.owner, number: record.number, name: record.name)
            }
            let migration = set.migrations[index]
            guard record.checksum == migration.checksum(for: database.dialect) else {
                throw .changed(owner: set.owner, title: migration.title)
            }
        }
    }

    private func apply(
        _ migration: Migration, of set: MigrationSet, at now: Timestamp, in transaction: any Transaction
    ) async throws {
        do throws(DatabaseError) {
            try await transaction.run(migration.script(for: database.dialect))
        } catch {
            if error.isWorthAnotherAttempt { throw error }
            throw MigrationError.failed(owner: set.owner, title: migration.title, error)
        }
        try await transaction.execute(
            """
            INSERT INTO schema_migrations (owner, number, name, checksum, applied_at)
            VALUES (\(set.owner), \(migration.number), \(migration.name), \(migration.checksum(for: database.dialect)), \
            \(now))
            """)
    }
}

extension Migration {
    /// Of the text without white space at its ends: to notice an edit, not to withstand one who wants to hide it.
    fileprivate func checksum(for dialect: Dialect) -> String {
        let text = script(for: dialect).text.utf8.drop { $0 <= 0x20 }
        let end = text.lastIndex { $0 > 0x20 }.map { text.index(after: $0) } ?? text.startIndex
        let digits = String(FNV1a.bits64(of: Array(text[..<end])), radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
