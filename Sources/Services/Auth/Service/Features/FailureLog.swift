internal import TradewindDomain
internal import TradewindPersistence
internal import TradewindSecurity

/// Failed attempts to log in, in the database, where all instances see them.
struct FailureLog: Sendable {
    let database: any Database
    let clockwork: Clockwork

    struct Attempt: Sendable {
        fileprivate let email: String, address: String, at: Timestamp
        /// In one order, so that two attempts never wait for each other in a circle.
        fileprivate var subjects: [String] { [email, address].sorted() }
    }

    /// Counts it as failed, or throws `TooManyFailures`.
    func begin(email: String, address: String) async throws -> Attempt {
        let attempt = Attempt(
            email: Self.subject(.named("login", email.lowercased())), address: Self.subject(.network(of: address)),
            at: clockwork.now())
        try await database.transaction { transaction in
            var changes: [SQL] = []
            for subject in attempt.subjects {
                // Makes the row, or locks the one that is there: in any case the others wait until it is counted.
                let rows = try await transaction.query(
                    """
                    INSERT INTO login_failures (subject, times, last_at) VALUES (\(subject), \([Timestamp]()), \(attempt.at))
                    ON CONFLICT (subject) DO UPDATE SET last_at = excluded.last_at RETURNING times
                    """)
                var failures = LoginFailures(try rows.first?.decode(0) ?? [])
                try failures.count(attempt.at)
                changes.append("UPDATE login_failures SET times = \(failures.times) WHERE subject = \(subject)")
            }
            try await transaction.commit(changes)
        }
        return attempt
    }

    /// Nothing was wrong with it.
    func forgive(_ attempt: Attempt) async throws { try await forgive(attempt, attempt.subjects) }

    /// Who knows the password may have mistyped it before. The address keeps its other failures: one that has an
    /// account may still be guessing those of others.
    func succeeded(_ attempt: Attempt) async throws {
        try await database.execute("DELETE FROM login_failures WHERE subject = \(attempt.email)")
        try await forgive(attempt, [attempt.address])
    }

    private func forgive(_ attempt: Attempt, _ subjects: [String]) async throws {
        try await database.transaction { transaction in
            var changes: [SQL] = []
            for subject in subjects {
                let rows = try await transaction.query(
                    "SELECT times FROM login_failures WHERE subject = \(subject) FOR UPDATE")
                guard let row = rows.first else { continue }
                var failures = LoginFailures(try row.decode(0))
                failures.forgive(attempt.at)
                changes.append("UPDATE login_failures SET times = \(failures.times) WHERE subject = \(subject)")
            }
            try await transaction.commit(changes)
        }
    }

    /// As short as it is anonymous: neither what somebody typed nor where he is stands in the database.
    private static func subject(_ key: RateKey) -> String { SHA256.hash(key.description).hexadecimal }
}
