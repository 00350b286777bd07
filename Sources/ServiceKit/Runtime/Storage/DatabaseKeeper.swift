internal import TradewindDomain
internal import TradewindPersistence
internal import TradewindReactor

/// Keeps the database of a service as the service needs it: brings its schema up to date, and looks whether it is still
/// there. While it is not, the service runs, is not ready, and says why.
struct DatabaseKeeper: Service {
    let label: String
    let migrations: [MigrationSet]
    let database: any Database
    let readiness: Readiness
    let clockwork: Clockwork
    /// What needs the tables waits for this.
    let isMigrated = Latch()

    var name: String { label }

    /// How often one that was there is looked at.
    private static let interval = Duration.seconds(2)

    func run(_ life: Life) async throws {
        try await life.untilStop {
            var backoff = Backoff(first: .milliseconds(100), most: .seconds(5))
            var isStarted = false
            while true {
                let failure = try await look()
                if let failure { readiness.lacks(label, failure) } else { readiness.has(label) }
                if !isStarted { life.started() }
                isStarted = true
                if failure == nil { backoff.succeeded() }
                try await clockwork.sleep(failure == nil ? Self.interval : backoff.failed(chance: chance()))
            }
        }
        await database.close()
    }

    /// Why it is not there; nil when it is. Throws what waiting does not help against: a schema that is not this
    /// program's.
    private func look() async throws -> String? {
        do {
            if isMigrated.isOpen {
                try await database.ping()
            } else {
                try await migrate()
                isMigrated.open()
            }
            return nil
        } catch let error as DatabaseError {
            try Task.checkCancellation()
            return error.reason
        }
    }

    private func migrate() async throws {
        for set in migrations {
            do { try await Migrator(database).migrate(set, at: clockwork.now()) } catch MigrationError.failed(
                _, _, let error) where error.isUnavailability
            { throw error }
        }
    }
}

/// A schema that this program must not touch: somebody has to look.
extension MigrationError: ProgramFailure {
    package var lines: [String] { [description] }
    package var exitCode: ExitCode { .configuration }
}

extension DatabaseError {
    /// For people.
    var reason: String {
        switch self {
        case .unavailable(let reason): reason
        case .connectionLost: "the connection broke"
        case .poolExhausted: "no connection came free in time"
        case .timeout: "it did not answer in time"
        case .refused(let state, let message): message ?? "it refuses the statement (\(state))"
        default: "\(self)"
        }
    }
}

extension Life {
    /// Runs `body`, which is cancelled when the part has to stop.
    package func untilStop(_ body: @escaping @Sendable () async throws -> Void) async throws {
        do {
            try await withThrowingTaskGroup { group in
                group.addTask { try await body() }
                group.addTask { await stopRequested() }
                try await group.next()
                group.cancelAll()
            }
        } catch is CancellationError where isStopping {}
    }
}

private func chance() -> UInt64 {
    var word: InlineArray<1, UInt64> = [0]
    var span = word.mutableSpan
    fillWithRandomness(&span)
    return word[0]
}
