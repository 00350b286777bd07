import Testing
import TradewindDatabases
import TradewindPersistence
import TradewindReactor
import TradewindTesting

/// A PostgreSQL with the databases of the depot's services.
private func withPostgres(
    _ body: @escaping @Sendable (PostgresServer, _ settings: [String: String]) async throws -> Void
) async throws {
    guard PostgresServer.isInstalled else { try Test.cancel("PostgreSQL is not installed") }
    let server = try await PostgresServer.start()
    defer { server.stop() }
    try await withDatabase(on: server, "postgres") { database in
        for script in ["CREATE DATABASE orders", "CREATE DATABASE users"] as [SQLScript] {
            try await database.run(script)
        }
    }
    try await body(server, ["POSTGRES_HOST": server.folder, "DB_USERNAME": "tradewind"])
}

private func withDatabase(
    on server: PostgresServer, _ name: String, _ body: @escaping @Sendable (any Database) async throws -> Void
) async throws {
    try await withDatabase(
        DatabaseURL(postgres: server.folder, port: 5432, user: "tradewind", password: nil, database: name), body)
}

private func withDatabase(
    _ url: DatabaseURL?, _ body: @escaping @Sendable (any Database) async throws -> Void
) async throws {
    let url = try #require(url)
    let workers = WorkerPool(threads: 2, queueLimit: 64)
    defer { workers.shutDown() }
    try await withLoops(1) { loops in
        let limits = DatabaseLimits(connections: 2, statementTimeout: .seconds(30))
        let database = try url.open(limits, on: loops, workers: workers)
        try await body(database)
        await database.close()
    }
}

@Suite(.serialized) struct `Services with databases` {
    @Test func `need no setting: each has a file, and what is committed is published`() async throws {
        try await withTemporaryFolder { folder in
            let depot = Depot(in: folder)
            try await depot.serve { address, client in
                #expect(try await client.look(address + "/health/ready").status == 200)
                #expect(try await client.store("lamp", at: address) == 200)
                #expect(try await client.store("lamp", at: address) == 500)
                try await eventually("the event") { depot.published == ["lamp"] }
            }
            #expect(depot.has("data/orders.db") && depot.has("data/users.db"))
            // Closed in order: the log was brought home.
            #expect(!depot.has("data/orders.db-wal"))
        }
    }

    @Test func `start without PostgreSQL, say why they are not ready, and recover by themselves`() async throws {
        try await withPostgres { server, settings in
            try await withTemporaryFolder { folder in
                let depot = Depot(in: folder, settings)
                try depot.tell("alone")
                try await server.kill()
                try await depot.serve { address, client in
                    let (status, text) = try await client.look(address + "/health/ready")
                    #expect(status == 503 && text.contains("\"status\":\"down\"") && text.contains("\"database\":"))
                    for _ in 0..<2 {
                        try await server.start()
                        try await eventually(within: .seconds(20), "readiness") {
                            try await client.look(address + "/health/ready").status == 200
                        }
                        try await server.kill()
                        try await eventually(within: .seconds(20), "the reason") {
                            try await client.look(address + "/health/ready").text.contains("\"database\":")
                        }
                    }
                    try await server.start()
                    try await eventually(within: .seconds(20), "service") {
                        try await client.store("lamp", at: address) == 200
                    }
                    try await eventually("the event") { depot.published == ["lamp"] }
                }
            }
        }
    }

    @Test func `keep to a database each on one server`() async throws {
        try await withPostgres { server, settings in
            try await withTemporaryFolder { folder in
                try await Depot(in: folder, settings).serve { address, client in
                    let status = try await client.store("lamp", at: address)
                    #expect(status == 200)
                }
            }
            try await withDatabase(on: server, "orders") { database in
                let parcels = try await database.query("SELECT name FROM parcels")
                #expect(parcels.count == 1)
            }
            try await withDatabase(on: server, "users") { database in
                await #expect(throws: DatabaseError.self) { try await database.query("SELECT name FROM parcels") }
                let tables = try await database.query("SELECT 1 FROM pg_tables WHERE tablename = 'inbox'")
                #expect(tables.count == 1)
            }
        }
    }

    @Test func `do not start on a migration that was changed after it was applied`() async throws {
        try await withTemporaryFolder { folder in
            let depot = Depot(in: folder)
            let first = try await depot.run("migrate")
            #expect(first.code == 0)
            try depot.tell("edited")
            let start = try await depot.run()
            #expect(start.code == 78)
            #expect(start.errors.contains("0001_parcels of orders was changed after it was applied"))
            let command = try await depot.run("migrate")
            #expect(command.code == 78 && command.errors.contains("0001_parcels"))
            let status = try await depot.run("migrate", "--status", "--services", "orders")
            #expect(status.output.contains("0001_parcels       changed"))
        }
    }

    @Test(
        arguments: [
            (["DATABASE_URL": "mysql://host"], "must be postgres://…, sqlite:PATH or memory:"),
            (["DATABASE_URL": "sqlite:one.db"], "orders and users would share a database"),
            (["DATABASE_URL": "postgres://me:geheim@host/one"], "orders and users would share a database"),
            (["DATABASE_URL": "postgres://me:geheim@host?sslmode=sometimes"], "sslmode must be one of"),
            (["DATABASE_URL": "postgres://me:gehe%zzim@host"], "DATABASE_URL of orders: "),
            (["POSTGRES_HOST": "host", "DB_DATABASE": "one"], "POSTGRES_DB: orders and users would share a database"),
            (["POSTGRES_SSLROOTCERT": "/nowhere/root.pem"], "must be a file that can be read"),
        ] as [([String: String], String)])
    func `refuse a wrong address at once and keep its password to themselves`(
        settings: [String: String], complaint: String
    ) async throws {
        try await withTemporaryFolder { folder in
            let start = try await Depot(in: folder, settings).run()
            #expect(start.code == 78)
            #expect(start.errors.contains(complaint), "\(start.errors)")
            #expect(!start.errors.contains("gehe"))
        }
    }
}

@Suite(.serialized) struct `Commands for databases` {
    @Test func `migrate, and tell what is done and what is not`() async throws {
        try await withTemporaryFolder { folder in
            let depot = Depot(in: folder)
            let before = try await depot.run("migrate", "--status")
            #expect(before.output.hasPrefix("SERVICE  OWNER        MIGRATION          STATE    APPLIED AT\n"))
            #expect(before.output.contains("\norders   orders       0001_parcels       pending\n"))
            let users = try await depot.run("migrate", "--services", "users")
            #expect(users.output.split(separator: "\n").count == 5 && !users.output.contains("parcels"))
            let rest = try await depot.run("migrate")
            #expect(rest.output.contains("orders   orders       0001_parcels       applied  20"))
            let again = try await depot.run("migrate")
            #expect(again.output == "nothing to do: the databases are up to date\n")
            let json = try await depot.run("migrate", "--status", "--json", "--services", "users")
            #expect(
                json.output.hasPrefix(
                    #"[{"service":"users","owner":"messaging","migration":"0001_outbox","state":"applied","appliedAt":"20"#
                ))
        }
    }

    @Test func `show what a broker refuses, and have it tried again at once`() async throws {
        try await withTemporaryFolder { folder in
            let depot = Depot(in: folder)
            try depot.tell("refuse")
            try await depot.serve { address, client in
                #expect(try await client.store("lamp", at: address) == 200)
                try await withDatabase(DatabaseURL("sqlite:\(folder)/data/orders.db")) { database in
                    // Refused so often, it would not be tried again for seconds.
                    try await eventually("growing pauses") {
                        try await database.query("SELECT 1 FROM outbox WHERE attempts >= 6").count == 1
                    }
                    try await database.execute("UPDATE outbox SET attempts = 10")
                }
                let people = try await depot.run("outbox", "status", "--services", "orders")
                #expect(people.output.contains("\norders   1        "))
                #expect(people.output.contains("parcel.stored  lamp  "))
                let status = try await depot.run("outbox", "status", "--json")
                #expect(status.output.contains(#""pending":1"#) && status.output.contains(#""reason":"not this one""#))
                try depot.unsay("refuse")
                let replay = try await depot.run("outbox", "replay")
                #expect(replay.output == "SERVICE  TRIED AGAIN\norders   1\nusers    0\n")
                try await eventually(within: .seconds(5), "the event") { depot.published == ["lamp"] }
            }
        }
    }

    @Test func `say what they cannot reach, and which services there are`() async throws {
        try await withTemporaryFolder { folder in
            let lost = try await Depot(in: folder, ["DATABASE_URL": "postgres://nobody@%2Fnowhere"]).run(
                "outbox", "status")
            #expect(lost.code == 69 && lost.errors.hasPrefix("depot: database of orders: "))
            let typo = try await Depot(in: folder).run("migrate", "--services", "oders")
            #expect(typo.code == 64)
            #expect(
                typo.errors == "depot: --services: there is no \"oders\" with a database; there are orders, users\n")
        }
    }
}
