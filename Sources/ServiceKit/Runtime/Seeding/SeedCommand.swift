internal import TradewindDomain
internal import TradewindPersistence

extension ConsoleCommand {
    static func seed(_ desk: StorageDesk, isProduction: @escaping @Sendable () throws -> Bool) -> ConsoleCommand {
        ConsoleCommand(
            "seed",
            help: "Fills the databases of the services with users and orders to look at and to measure with, the same "
                + "for the same numbers. Everybody's password is \(Seeding.password)", { SeedOptions(&$0) }
        ) { options in
            guard try options.isForced || !isProduction() else {
                throw UsageError(
                    lines: ["these users have a password that everybody knows: in production only with --force"])
            }
            let rows = try await desk.each(options.desk) { service, database in
                try await SeedRow.seeding(service, options.plan, database, showing: !options.desk.asJSON).map { [$0] }
                    ?? []
            }
            try SeedRow.listing.print(
                rows, asJSON: options.desk.asJSON, whenEmpty: "no service here has anything to fill")
        }
    }
}

private struct SeedOptions: Sendable {
    let plan: SeedPlan
    let isForced: Bool
    let desk: StorageDesk.Options

    init(_ args: inout ArgumentReader) {
        let users = args("users", .int(1...100_000_000), default: 1_000, shownAs: "N", help: "How many users")
        let orders = args(
            "orders", .int(0...1_000_000_000), default: 10_000, shownAs: "N",
            help: "How many orders, beside the welcome order of each user")
        let seed = args(
            "seed", .int(0...Int.max), default: Int(SeedPlan.usualSeed), shownAs: "N",
            help: "Another number makes others, which can be added to those that are there")
        plan = SeedPlan(users: users, orders: orders, seed: UInt64(seed))
        isForced = args.flag("force", help: "Also in production")
        desk = StorageDesk.Options(&args)
    }
}

/// What has become of one service.
private struct SeedRow: Encodable, Sendable {
    let service: String, rows: Int, seconds: Double
    /// It was there already, and nothing was added.
    let wasThere: Bool

    static let listing = Listing<SeedRow>(header: ["SERVICE", "ROWS", "SECONDS", ""]) {
        [$0.service, $0.rows.grouped, "\($0.seconds)", $0.wasThere ? "were there; another --seed adds others" : ""]
    }

    static func seeding(
        _ service: HostedService, _ plan: SeedPlan, _ database: any Database, showing isShown: Bool
    ) async throws -> SeedRow? {
        guard let seeding = service.seeding else { return nil }
        let clockwork = Clockwork.live
        for set in service.migrations { try await Migrator(database).migrate(set, at: clockwork.now()) }
        let start = clockwork.uptime()
        let isDrawn = isShown && Machine().onTerminal
        let bar = ProgressBar(service.name, of: seeding.rows(plan), clockwork: clockwork) {
            if isDrawn { Console.draw($0) }
        }
        var wasThere = false
        do { try await seeding.apply(plan, to: database, added: bar.add) } catch DatabaseError.uniqueViolation {
            wasThere = true
        }
        if isDrawn { Console.draw("") }
        let milliseconds = (clockwork.uptime() - start) / Duration.milliseconds(1)
        return SeedRow(
            service: service.name, rows: wasThere ? 0 : seeding.rows(plan), seconds: milliseconds.rounded() / 1_000,
            wasThere: wasThere)
    }
}
