import ChannelsContracts
import Orders
import OrdersContracts
import PaymentsContracts
import Testing
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindJSON
import TradewindMessaging
import TradewindRuntime
import TradewindTesting
import UsersContracts

@Suite struct `Orders hear` {
    private let created = UserCreated(userId: .alice, email: "a@example.com", name: "Alice", role: .user)

    private func completed(_ order: OrderView) -> PaymentCompleted {
        PaymentCompleted(
            paymentId: Clockwork.live.newID(), orderId: order.id, userId: order.userId, amount: order.totalAmount)
    }

    @Test(arguments: Storage.allCases) func `of a new user, who gets one welcome order however often they hear`(
        storage: Storage
    ) async throws {
        try await OrderDesk.open(storage) { desk in
            let id = Clockwork.live.newUUID()
            try await desk.hear(created, id: id)
            try await desk.hear(created, id: id)
            // Told again under another name.
            try await desk.hear(created)
            let orders = try await desk.orders("?userId=\(UserID.alice)")
            #expect(orders.count == 1 && orders.first?.totalAmount == Money(hundredths: 1))
            #expect(orders.first?.items.map(\.productId) == ["product-welcome"] && orders.first?.userKnown == true)
            #expect(try await desk.told() == ["order.created"])
        }
    }

    @Test(arguments: Storage.allCases) func `of payments, and the status moves`(storage: Storage) async throws {
        try await OrderDesk.open(storage) { desk in
            let (paid, failed) = (try await desk.place(for: .alice), try await desk.place(for: .alice))
            try await desk.hear(completed(paid))
            try await desk.hear(completed(paid))
            try await desk.hear(
                PaymentFailed(
                    paymentId: Clockwork.live.newID(), orderId: failed.id, userId: .alice, amount: failed.totalAmount,
                    reason: "declined"))
            #expect(try await desk.order(paid.id).status == .paid)
            #expect(try await desk.order(failed.id).status == .paymentFailed)
            #expect(try await desk.told() == ["order.created", "order.created", "order.paid"])
        }
    }

    @Test(arguments: Storage.allCases) func `of a copy, which becomes one order under its id`(
        storage: Storage
    ) async throws {
        try await OrderDesk.open(storage) { desk in
            func request(_ number: UInt64, product: String) throws -> CopyOrderRequested {
                try JSON.decode(
                    CopyOrderRequested.self,
                    from: """
                        {"copyId":"\(UUID(high: 6, low: number))","signalId":"\(UUID.zero)","channelId":"\(UUID.zero)",
                        "followerId":"\(UUID.zero)","userId":"\(UserID.bob)","symbol":"BTCUSDT","side":"buy",
                        "productId":"\(product)","quantity":2,"price":50}
                        """)
            }
            let (copy, id) = (try request(1, product: "product-BTCUSDT"), Clockwork.live.newUUID())
            try await desk.hear(copy, id: id)
            try await desk.hear(copy, id: id)
            // Asked for again under another name.
            try await desk.hear(copy)
            let order = try await desk.order(OrderID(copy.copyId.raw))
            #expect(order.userId == .bob && order.totalAmount == Money(hundredths: 10_000))
            #expect(order.items.map(\.productId) == ["product-BTCUSDT"])
            let bad = try request(2, product: "product")
            await #expect(throws: PoisonMessage.self) { try await desk.hear(bad) }
            #expect(try await desk.told() == ["order.created"])
        }
    }

    @Test func `of a payment for a cancelled order, which stays cancelled`() async throws {
        try await OrderDesk.open(.memory) { desk in
            let order = try await desk.place(for: .alice)
            #expect(try await desk.site.send(.post, "/api/orders/\(order.id)/cancel").status == .ok)
            try await desk.hear(completed(order))
            #expect(try await desk.order(order.id).status == .cancelled)
        }
    }

    @Test(arguments: Storage.allCases) func `of a deleted user, whose pending orders are cancelled`(
        storage: Storage
    ) async throws {
        try await OrderDesk.open(storage) { desk in
            let (pending, paid) = (try await desk.place(for: .alice), try await desk.place(for: .alice))
            let other = try await desk.place(for: .bob)
            try await desk.hear(completed(paid))
            try await desk.hear(UserDeleted(userId: .alice))
            #expect(try await desk.order(pending.id).status == .cancelled)
            #expect(try await desk.order(paid.id).status == .paid)
            #expect(try await desk.order(other.id).status == .pending)
            // Users told of the end before orders heard of the beginning.
            try await desk.hear(created)
            #expect(try await desk.orders("?userId=\(UserID.alice)").count == 2)
        }
    }
}

@Suite struct `An order` {
    @Test func `can be cancelled while it is pending, and only then`() async throws {
        try await OrderDesk.open(.memory) { desk in
            let order = try await desk.place(for: .alice)
            let cancelled = try await desk.site.send(.post, "/api/orders/\(order.id)/cancel")
            #expect(try cancelled.json(OrderView.self).status == .cancelled)
            let again = try await desk.site.send(.post, "/api/orders/\(order.id)/cancel")
            #expect(again.status == .conflict)
            #expect(try again.json(ProblemView.self).type.hasSuffix("only-pending-orders-can-be-cancelled"))
            #expect(try await desk.told() == ["order.created", "order.cancelled"])
            #expect(
                try await desk.site.send(.post, "/api/orders/\(OrderID(UUID(high: 1, low: 1)))/cancel").status
                    == .notFound)
            #expect(try await desk.site.get("/api/orders/seven").status == .badRequest)
        }
    }

    @Test(arguments: Storage.allCases) func `is found in lists, newest first, page by page`(storage: Storage)
        async throws
    {
        try await OrderDesk.open(storage) { desk in
            var placed: [OrderID] = []
            for _ in 1...5 { placed.append(try await desk.place(for: .alice).id) }
            _ = try await desk.place(for: .bob)
            let newest = placed.reversed() as [OrderID]
            let first = try await desk.site.get("/api/orders?userId=\(UserID.alice)&limit=2")
            #expect(try first.json([OrderView].self).map(\.id) == Array(newest.prefix(2)))
            let next = try #require(first[.link]?.split(separator: "<").first?.split(separator: ">").first)
            let second = try await desk.site.get(String(next))
            #expect(try second.json([OrderView].self).map(\.id) == Array(newest[2..<4]))
            #expect(try await desk.orders("?status=pending").count == 6)
            #expect(try await desk.orders("?status=paid").isEmpty)
            for query in ["?limit=0", "?limit=201", "?status=open", "?userId=7", "?after=x"] {
                #expect(try await desk.site.get("/api/orders" + query).status == .badRequest)
            }
        }
    }

    @Test func `is shown to its user, and to those who look after all`() async throws {
        for (caller, status) in [
            (Caller.user(UserID.alice.raw, .user), HTTPStatus.ok), (.user(UserID.bob.raw, .user), .forbidden),
            (.user(UserID.bob.raw, .admin), .ok), (.service("payments"), .ok), (.anonymous, .unauthorized),
        ] {
            try await OrderDesk.open(.memory, authorisation: .required, caller: caller) { desk in
                // Placed by somebody who may.
                let trusted = RequestContext(id: .given("r"), caller: .service("test"))
                let order = try await desk.service.commands.send(try PlaceOrder.oneMouse(for: .alice), trusted)
                #expect(try await desk.site.get("/api/orders/\(order.id)").status == status)
                #expect(try await desk.site.get("/api/orders?userId=\(UserID.alice)").status == status)
                #expect(try await desk.site.send(.post, "/api/orders/\(order.id)/cancel").status == status)
            }
        }
    }
}
