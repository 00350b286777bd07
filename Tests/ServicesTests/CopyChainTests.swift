import Channels
import ChannelsContracts
import Orders
import OrdersContracts
import Payments
import Testing
import TradewindAPI
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindJSON
import TradewindLocks
import TradewindMessaging
import TradewindPersistence
import TradewindRepositories
import TradewindRuntime
import TradewindSecurity
import TradewindTesting

/// Three services, each on a database of its own, and what they tell carried from one to the other.
private final class Platform: Sendable {
    let channels: ServiceBench<ChannelsService>
    let orders: ServiceBench<OrdersService>
    let payments: ServiceBench<PaymentsService>
    private let carried = Lock<[String: Int]>([:])

    private init(
        channels: ServiceBench<ChannelsService>, orders: ServiceBench<OrdersService>,
        payments: ServiceBench<PaymentsService>
    ) {
        (self.channels, self.orders, self.payments) = (channels, orders, payments)
    }

    static func open(_ storage: Storage, _ body: @escaping @Sendable (Platform) async throws -> Void) async throws {
        if let why = storage.whyMissing { try Test.cancel("\(why)") }
        try await ServiceBench<ChannelsService>.open(
            storage, schema: ChannelsService.schema, and: [.eventStore()],
            { store in
                let service = try ChannelsService(
                    store, boxes: SealedBoxes(["x"]), chance: .live, authorisation: .off, clockwork: .live)
                return (service, service.api(), service.subscriptions)
            }
        ) { channels in
            try await ServiceBench<OrdersService>.open(
                storage, schema: OrdersService.schema,
                { store in
                    let service = try OrdersService(store, authorisation: .off, clockwork: .live)
                    return (service, service.api, service.subscriptions)
                }
            ) { orders in
                try await ServiceBench<PaymentsService>.open(
                    storage, schema: PaymentsService.schema,
                    { store in
                        let provider = SimulatedProvider(.init(), clockwork: .live)
                        let service = try PaymentsService(
                            store, provider: provider, authorisation: .off, clockwork: .live)
                        return (service, service.api, service.subscriptions)
                    }
                ) { payments in
                    try await body(Platform(channels: channels, orders: orders, payments: payments))
                }
            }
        }
    }

    /// Until nobody has anything to tell any more.
    func settle() async throws {
        while true {
            let channels = try await news(of: "channels", channels.database)
            let orders = try await news(of: "orders", orders.database)
            let payments = try await news(of: "payments", payments.database)
            let deliveries = channels + orders + payments
            guard !deliveries.isEmpty else { return }
            for delivery in deliveries {
                try await self.channels.hear(delivery)
                try await self.orders.hear(delivery)
                try await self.payments.hear(delivery)
            }
        }
    }

    /// What has come into the outbox since somebody looked.
    private func news(of service: String, _ database: any Database) async throws -> [Delivery] {
        let known = carried.withLock { $0[service] ?? 0 }
        let rows = try await database.query("SELECT topic, key, body FROM outbox ORDER BY position")
        carried.withLock { $0[service] = rows.count }
        return try rows.dropFirst(known).map { row in
            let topic = EventName(try row.decode(0, as: String.self))
            return Delivery(
                place: Place(Lane(topic, 0), 1), topic: topic, key: try row.decode(1), body: try row.decode(2))
        }
    }
}

@Suite struct `From a message to a paid order` {
    @Test(arguments: Storage.allCases) func `each follower gets one, and no more`(storage: Storage) async throws {
        try await Platform.open(storage) { platform in
            let site = platform.channels.site, user = UUID(high: 1, low: 1)
            let registration: JSONValue = [
                "userId": .string("\(user)"), "type": "telegram", "name": "Room", "externalId": "-1",
            ]
            let channel: ChannelView = try await site.post("/api/channels", json: registration).json()
            for number in 1...3 {
                let follower: JSONValue = [
                    "userId": .string("\(UUID(high: 2, low: UInt64(number)))"), "budget": 1_000, "maxPerSignal": 100,
                    "sizing": ["mode": "percent", "value": 5],
                ]
                let answer = try await site.post("/api/channels/\(channel.id)/followers", json: follower)
                #expect(answer.status == .created)
            }
            let message: JSONValue = [
                "text": "Gold buy limit 2015.5, sl 2008, tp 2030", "externalMessageId": "1",
            ]
            for _ in 1...2 {
                let answer = try await site.post("/api/channels/\(channel.id)/messages", json: message)
                #expect(try answer.json(MessageReceipt.self).kind == .signal)
                try await platform.settle()
            }
            let orders: [OrderView] = try await platform.orders.site.get("/api/orders").json()
            #expect(orders.count == 3 && orders.allSatisfy { $0.status == .paid })
            #expect(orders.allSatisfy { $0.items.map(\.productId) == ["product-XAUUSD"] })
            #expect(orders.allSatisfy { $0.totalAmount == Money(hundredths: 5_000) })
            let copies = try await platform.channels.database.query("SELECT id FROM copies ORDER BY id")
            #expect(try copies.map { try $0.decode(0, as: OrderID.self) } == orders.map(\.id).sorted())
        }
    }
}
