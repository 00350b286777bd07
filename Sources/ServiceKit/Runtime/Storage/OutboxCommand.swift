internal import TradewindDomain
internal import TradewindMessaging

extension ConsoleCommand {
    static func outbox(_ desk: StorageDesk) -> ConsoleCommand {
        ConsoleCommand(
            "outbox", help: "Looks at the events that are committed and not yet published",
            commands: [.outboxStatus(desk), .outboxReplay(desk)])
    }

    private static func outboxStatus(_ desk: StorageDesk) -> ConsoleCommand {
        ConsoleCommand(
            "status", help: "How many events wait, since when, and which are refused again and again",
            { StorageDesk.Options(&$0) }
        ) { options in
            let rows = try await desk.each(options) { service, database in
                [try await OutboxRow(service.name, Outbox(database), at: Clockwork.live.now())]
            }
            try OutboxRow.listing.print(rows, asJSON: options.asJSON)
            let stuck = rows.flatMap(\.stuckEvents)
            if !stuck.isEmpty, !options.asJSON {
                Console.say("\nHeld up by a refusal; \"outbox replay\" tries them again at once:")
                try StuckRow.listing.print(stuck, asJSON: false)
            }
        }
    }

    private static func outboxReplay(_ desk: StorageDesk) -> ConsoleCommand {
        ConsoleCommand(
            "replay", help: "Has events that were refused tried again at once, by the services that run",
            { StorageDesk.Options(&$0) }
        ) { options in
            let rows = try await desk.each(options) { service, database in
                [ReplayRow(service: service.name, replayed: try await Outbox(database).replay())]
            }
            try ReplayRow.listing.print(rows, asJSON: options.asJSON)
        }
    }
}

struct OutboxRow: Encodable, Sendable {
    let service: String, pending: Int, oldest: Timestamp?, oldestSeconds: Double, stuck: Int
    let stuckEvents: [StuckRow]

    init(_ service: String, _ outbox: Outbox, at now: Timestamp) async throws {
        let status = try await outbox.status()
        self.service = service
        (pending, oldest, stuck) = (status.pending, status.oldest, status.stuck)
        oldestSeconds = status.oldest.map { Double((now - $0).components.seconds) } ?? 0
        stuckEvents = try await outbox.stuck().map { .init(service: service, $0) }
    }

    static let listing = Listing<OutboxRow>(header: ["SERVICE", "PENDING", "OLDEST", "STUCK"]) {
        [
            "\($0.service)", "\($0.pending)", $0.oldest == nil ? "" : Duration.seconds($0.oldestSeconds).text,
            "\($0.stuck)",
        ]
    }
}

struct StuckRow: Encodable, Sendable {
    let service: String, id: UUID, topic: String, key: String, attempts: Int, reason: String

    init(service: String, _ event: Outbox.StuckEvent) {
        (self.service, id, topic, key) = (service, event.id, event.topic, event.key)
        (attempts, reason) = (event.attempts, printable(event.failure ?? ""))
    }

    static let listing = Listing<StuckRow>(header: ["SERVICE", "TOPIC", "KEY", "ID", "ATTEMPTS", "REASON"]) {
        [$0.service, $0.topic, printable($0.key), $0.id.description, "\($0.attempts)", $0.reason]
    }
}

private struct ReplayRow: Encodable, Sendable {
    let service: String, replayed: Int

    static let listing = Listing<ReplayRow>(header: ["SERVICE", "TRIED AGAIN"]) { [$0.service, "\($0.replayed)"] }
}
