import Orders
import OrdersContracts
import Payments
import Testing
internal import TradewindAPI
import TradewindCQRS
import TradewindDomain
import TradewindJSON
import TradewindLocks
internal import TradewindMessaging
internal import TradewindPersistence
internal import TradewindRepositories
import TradewindRuntime
import TradewindSecurity
import TradewindTesting
import Users

@Suite struct `A seeded system` {
    private static let plan = SeedPlan(users: 30, orders: 1_500, seed: 7)

    /// The rows of a query, as text.
    private func rows(
        _ storage: Storage, _ service: HostedService, _ sql: SQL, plans: [SeedPlan] = [plan]
    ) async throws -> [[String]] {
        if let why = storage.whyMissing { try Test.cancel("\(why)") }
        let found = Lock<[[String]]>([])
        try await storage.open { database in
            for set in service.migrations { try await Migrator(database).migrate(set, at: .noon) }
            let added = Lock(0)
            let seeding = try #require(service.seeding)
            for plan in plans { try await seeding.apply(plan, to: database) { more in added.withLock { $0 += more } } }
            #expect(added.withLock(\.self) == plans.map(seeding.rows).reduce(0, +))
            let rows = try await database.query(sql)
            let texts = try rows.map { row in try (0..<3).map { try row.decode($0, as: String.self) } }
            found.withLock { $0 = texts }
        }
        return found.withLock(\.self)
    }

    @Test(arguments: Storage.allCases) func `has a payment for each order, as it has ended`(storage: Storage)
        async throws
    {
        let ends = ["paid": "completed", "payment_failed": "failed", "cancelled": "refunded"]
        let orders = try await rows(
            storage, OrdersService.hosted,
            "SELECT CAST(id AS text), CAST(user_id AS text) || ' ' || CAST(total AS text), status FROM orders ORDER BY id"
        )
        let payments = try await rows(
            storage, PaymentsService.hosted,
            """
            SELECT CAST(order_id AS text), CAST(user_id AS text) || ' ' || CAST(amount AS text), status FROM payments
            ORDER BY order_id
            """)
        #expect(orders.count == 1_530 && Set(orders.map { $0[2] }) == Set(ends.keys))
        #expect(orders.map { [$0[0], $0[1], ends[$0[2]] ?? ""] } == payments)
    }

    @Test(arguments: Storage.allCases) func `has users whom orders knows, each with one welcome order`(
        storage: Storage
    ) async throws {
        let users = try await rows(
            storage, UsersService.hosted, "SELECT CAST(id AS text), email_key, role FROM users ORDER BY id")
        let known = try await rows(
            storage, OrdersService.hosted,
            """
            SELECT CAST(k.user_id AS text), '', CAST(count(*) AS text) FROM known_users k
            JOIN orders o ON o.user_id = k.user_id AND CAST(o.items AS text) LIKE '%product-welcome%'
            GROUP BY k.user_id ORDER BY k.user_id
            """)
        #expect(users.count == 30 && Set(users.map { $0[1] }).count == 30 && users[0][2] == "ADMIN")
        #expect(users.map { $0[0] } == known.map { $0[0] } && known.allSatisfy { $0[2] == "1" })
    }

    @Test func `is the same for the same numbers, and others can be added`() async throws {
        let sql: SQL = "SELECT CAST(id AS text), email, password_hash FROM users ORDER BY id"
        let first = try await rows(.memory, UsersService.hosted, sql)
        #expect(try await rows(.memory, UsersService.hosted, sql) == first)
        let more = try await rows(
            .memory, UsersService.hosted, sql, plans: [Self.plan, SeedPlan(users: 30, orders: 0, seed: 8)])
        #expect(more.count == 60 && Set(more.map { $0[0] }).isSuperset(of: first.map { $0[0] }))
        await #expect(throws: DatabaseError.self) {
            try await rows(.memory, UsersService.hosted, sql, plans: [Self.plan, Self.plan])
        }
    }

    @Test func `has users who can prove who they are`() async throws {
        try await ServiceBench<UsersService>.open(
            .memory, schema: UsersService.schema,
            { store in
                let passwords = PasswordHasher(chance: .live) { job in
                    Task { job() }
                    return true
                }
                let service = try UsersService(store, passwords: passwords, authorisation: .off, clockwork: .live)
                return (service, service.api, [])
            }
        ) { bench in
            try await UsersService.seeding.apply(Self.plan, to: bench.database)
            let users: [UserView] = try await bench.site.get("/api/users?limit=1").json()
            let credentials: JSONValue = [
                "email": .string(try #require(users.first).email), "password": .string(Seeding.password),
            ]
            let answer = try await bench.site.post("/internal/credentials/verify", json: credentials)
            #expect(try answer.json(UserView.self) == users[0])
        }
    }

    @Test func `has orders that are read as any other`() async throws {
        try await ServiceBench<OrdersService>.open(
            .memory, schema: OrdersService.schema,
            { store in
                let service = try OrdersService(store, authorisation: .off, clockwork: .live)
                return (service, service.api, [])
            }
        ) { bench in
            try await OrdersService.seeding.apply(Self.plan, to: bench.database)
            let orders: [OrderView] = try await bench.site.get("/api/orders?limit=200").json()
            #expect(orders.count == 200 && orders.allSatisfy { $0.userKnown == true && $0.createdAt < $0.updatedAt })
            for order in orders {
                let sum = order.items.map { $0.price.hundredths * Int64($0.quantity) }.reduce(0, +)
                #expect(order.totalAmount.hundredths == sum)
            }
        }
    }
}
