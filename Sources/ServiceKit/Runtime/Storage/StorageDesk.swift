internal import TradewindDomain
internal import TradewindJSON
internal import TradewindPersistence
internal import TradewindReactor

/// What the commands that look into databases share: which services are meant, their databases one after the other, and
/// two forms of answer.
struct StorageDesk: Sendable {
    struct Options: Sendable {
        let services: [String]
        let asJSON: Bool

        init(_ args: inout ArgumentReader) {
            services = args(
                "services", .list(.text), default: [], shownAs: "NAMES",
                help: "Only these, comma separated (default: all)")
            asJSON = args.flag("json", help: "Prints JSON")
        }
    }

    let hosted: [HostedService]
    let settings: @Sendable () throws -> DatabaseConfig

    var hasDatabases: Bool { hosted.contains { $0.schema != nil } }

    /// Runs `body` with each of the databases and gathers what it returns, with the service's name.
    func each<Row: Sendable>(
        _ options: Options, _ body: @escaping @Sendable (HostedService, any Database) async throws -> [Row]
    ) async throws -> [Row] {
        try await open(try chosen(options.services), body)
    }

    private func open<Row: Sendable>(
        _ services: [HostedService], _ body: @escaping @Sendable (HostedService, any Database) async throws -> [Row]
    ) async throws -> [Row] {
        let config = try settings()
        let loops = try EventLoopGroup(count: 1)
        let workers = WorkerPool(threads: 2, queueLimit: 64)
        defer {
            loops.shutDown()
            workers.shutDown()
        }
        var rows: [Row] = []
        for service in services {
            let database = try config.open(service, on: loops, workers: workers)
            do { rows += try await loops.loops[0].run { try await body(service, database) } } catch let error
                as DatabaseError
            {
                await database.close()
                throw DatabaseFailure("\(config.label(of: service)): \(error.reason)")
            }
            await database.close()
        }
        return rows
    }

    /// Runs `body` with the database of one service.
    func open(
        _ service: HostedService, _ body: @escaping @Sendable (any Database) async throws -> Void
    ) async throws {
        _ = try await open([service]) { _, database -> [Int] in
            try await body(database)
            return []
        }
    }

    private func chosen(_ names: [String]) throws(UsageError) -> [HostedService] {
        let known = hosted.filter { $0.schema != nil }
        for name in names where !known.contains(where: { $0.name == name }) {
            let all = known.map(\.name).joined(separator: ", ")
            throw UsageError(
                lines: [
                    "--services: there is no \"\(printable(name))\" with a database"
                        + (all.isEmpty ? "" : "; there are \(all)")
                ])
        }
        return names.isEmpty ? known : known.filter { names.contains($0.name) }
    }
}

/// A command that could not do its work now.
struct DatabaseFailure: ProgramFailure {
    let lines: [String]
    let exitCode = ExitCode.unavailable
    init(_ line: String) { lines = [line] }
}

/// Rows as people read them, columns aligned, or as JSON.
struct Listing<Row: Encodable & Sendable>: Sendable {
    let header: [String]
    let cells: @Sendable (Row) -> [String]

    func print(_ rows: [Row], asJSON: Bool, whenEmpty: String = "no service here has a database") throws {
        if asJSON { return Console.say(String(decoding: try JSON.encode(rows), as: UTF8.self)) }
        if rows.isEmpty { return Console.say(whenEmpty) }
        let lines = [header] + rows.map(cells)
        let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        for line in lines {
            let text = zip(line, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
            Console.say(String(text.reversed().drop { $0 == " " }.reversed()))
        }
    }
}
