package import TradewindDomain
internal import TradewindMessaging
internal import TradewindPersistence
package import TradewindRepositories

/// What a command of a service's own is given: the database of the service, beside those who are running on it; files;
/// and a voice.
package struct ServiceDesk: Sendable {
    let desk: StorageDesk
    let service: HostedService

    package var clockwork: Clockwork { .live }

    /// The database, brought up to date, with a unit of work on it. What is published waits in the outbox for whoever
    /// runs the service.
    package func open(_ body: @escaping @Sendable (Store) async throws -> Void) async throws {
        try await desk.open(service) { database in
            for set in service.migrations { try await Migrator(database).migrate(set, at: clockwork.now()) }
            try await body(Store(database, of: service.name, clockwork: clockwork, bell: Bell()))
        }
    }

    /// A file of at most 1 MiB.
    package func text(of file: String) throws -> String {
        guard case .text(let text) = Machine().read(file) else {
            throw UsageError(lines: ["\(printable(file)) cannot be read, or is larger than 1 MiB"])
        }
        return text
    }

    package func say(_ line: String) { Console.say(line) }
}
