internal import TradewindDomain
internal import TradewindPersistence

extension ConsoleCommand {
    /// `migrate` brings the schemas up to date, as a start does; `migrate --status` only looks.
    static func migrate(_ desk: StorageDesk) -> ConsoleCommand {
        ConsoleCommand(
            "migrate", help: "Brings the databases of the services up to date, or says whether they are",
            { (status: $0.flag("status", help: "Changes nothing, lists every migration"), options: .init(&$0)) }
        ) { (arguments: (status: Bool, options: StorageDesk.Options)) in
            let steps = try await desk.each(arguments.options) { service, database in
                try await arguments.status
                    ? MigrationStep.all(of: service, in: database) : MigrationStep.apply(service, to: database)
            }
            guard desk.hasDatabases else {
                return try MigrationStep.listing.print([], asJSON: arguments.options.asJSON)
            }
            try MigrationStep.listing.print(
                steps, asJSON: arguments.options.asJSON, whenEmpty: "nothing to do: the databases are up to date")
        }
    }
}

/// A migration and what is known of it.
private struct MigrationStep: Encodable, Sendable {
    let service: String, owner: String, migration: String, state: String
    let appliedAt: Timestamp?

    static let listing = Listing<MigrationStep>(header: ["SERVICE", "OWNER", "MIGRATION", "STATE", "APPLIED AT"]) {
        [$0.service, $0.owner, $0.migration, $0.state, $0.appliedAt?.description ?? ""]
    }

    static func apply(_ service: HostedService, to database: any Database) async throws -> [MigrationStep] {
        var steps: [MigrationStep] = []
        for set in service.migrations {
            let now = Clockwork.live.now()
            for title in try await Migrator(database).migrate(set, at: now) {
                steps.append(.init(service.name, set.owner, title, .applied(now)))
            }
        }
        return steps
    }

    static func all(of service: HostedService, in database: any Database) async throws -> [MigrationStep] {
        var steps: [MigrationStep] = []
        for set in service.migrations {
            steps += try await Migrator(database).status(set).map { .init(service.name, set.owner, $0.title, $0.state) }
        }
        return steps
    }

    private init(_ service: String, _ owner: String, _ migration: String, _ state: Migrator.State) {
        (self.service, self.owner, self.migration) = (service, owner, migration)
        (self.state, appliedAt) =
            switch state {
            case .applied(let moment): ("applied", moment)
            case .pending: ("pending", nil)
            case .changed: ("changed", nil)
            case .unknown: ("unknown", nil)
            }
    }
}
