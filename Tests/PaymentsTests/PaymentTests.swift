import OrdersContracts
import Payments
import PaymentsContracts
import Testing
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindRuntime
import TradewindTesting

@Suite struct `An order that was created` {
    @Test(arguments: Storage.allCases) func `is paid once, however often payments hear of it`(
        storage: Storage
    ) async throws {
        let till = Till()
        try await PaymentDesk.open(storage, provider: till) { desk in
            let order = OrderCreated.some()
            let id = Clockwork.live.newUUID()
            for _ in 1...2 { try await desk.hear(order, id: id) }
            try await desk.hear(order)
            let payments = try await desk.payments("?orderId=\(order.orderId)")
            #expect(payments.count == 1 && payments.first?.status == .completed)
            #expect(payments.first?.amount == order.totalAmount && payments.first?.userId == order.userId)
            #expect(till.charges.count == 1)
            #expect(try await desk.told() == ["payment.completed"])
        }
    }

    @Test(arguments: Storage.allCases) func `is paid once by many who hear of it at the same time`(
        storage: Storage
    ) async throws {
        let till = Till()
        try await PaymentDesk.open(storage, provider: till) { desk in
            let order = OrderCreated.some()
            try await withThrowingTaskGroup { group in
                for _ in 1...8 { group.addTask { try await desk.hear(order) } }
                try await group.waitForAll()
            }
            #expect(try await desk.payments().count == 1)
            #expect(try await desk.told() == ["payment.completed"])
            // The provider is asked by the payment's id, of which there is one.
            #expect(Set(till.charges).count == 1)
        }
    }

    @Test(
        arguments: [
            ("product-decline-1", 100, "declined"), ("product-mouse", 10_001, "limit-exceeded"),
            ("product-mouse", 10_000, nil),
        ] as [(String, Int64, String?)]) func `may be declined`(product: String, cents: Int64, reason: String?)
        async throws
    {
        var settings = SimulatedProvider.Settings()
        settings.limit = Money(hundredths: 10_000)
        try await PaymentDesk.open(.memory, provider: SimulatedProvider(settings, clockwork: .live)) { desk in
            try await desk.hear(OrderCreated.some(product, cents: cents))
            let payment = try await desk.payments().first
            #expect(payment?.status == (reason == nil ? .completed : .failed) && payment?.failureReason == reason)
            #expect(try await desk.told() == [reason == nil ? "payment.completed" : "payment.failed"])
        }
    }

    @Test func `is paid in spite of a provider that fails now and then`() async throws {
        let till = Till(failures: 2)
        try await PaymentDesk.open(.memory, provider: till) { desk in
            try await desk.hear(OrderCreated.some())
            #expect(till.charges.count == 3 && Set(till.charges).count == 1)
            #expect(try await desk.payments().map(\.status) == [.completed])
        }
    }

    @Test func `waits for a provider that is away, as a payment that is being processed`() async throws {
        let till = Till(failures: 3)
        try await PaymentDesk.open(.memory, provider: till) { desk in
            let order = OrderCreated.some()
            await #expect(throws: Refusal.self) { try await desk.hear(order) }
            #expect(try await desk.payments().map(\.status) == [.processing])
            #expect(try await desk.told().isEmpty)
            // The broker tells of it again.
            try await desk.hear(order)
            #expect(try await desk.payments().map(\.status) == [.completed])
        }
    }
}

@Suite struct `An order that was cancelled` {
    @Test(arguments: Storage.allCases) func `is given its money back, once`(storage: Storage) async throws {
        let till = Till()
        try await PaymentDesk.open(storage, provider: till) { desk in
            let order = OrderCreated.some()
            try await desk.hear(order)
            for _ in 1...3 { try await desk.hear(order.cancelled) }
            #expect(try await desk.payments().map(\.status) == [.refunded])
            #expect(till.refunds.count == 1)
            #expect(try await desk.told() == ["payment.completed", "payment.refunded"])
        }
    }

    @Test func `before payments heard of it is charged and given back, so that every order has one payment`()
        async throws
    {
        try await PaymentDesk.open(.memory) { desk in
            let order = OrderCreated.some()
            try await desk.hear(order.cancelled)
            #expect(try await desk.payments().map(\.status) == [.processing])
            try await desk.hear(order)
            #expect(try await desk.payments().map(\.status) == [.refunded])
        }
    }

    @Test func `while it is being paid is given its money back as soon as it is paid`() async throws {
        let (asked, hasAsked) = AsyncStream<Void>.makeStream()
        let (answer, mayAnswer) = AsyncStream<Void>.makeStream()
        let till = Till {
            hasAsked.finish()
            for await _ in answer {}
        }
        try await PaymentDesk.open(.memory, provider: till) { desk in
            let order = OrderCreated.some()
            async let paying: Void = desk.hear(order)
            for await _ in asked {}
            try await desk.hear(order.cancelled)
            #expect(try await desk.payments().map(\.status) == [.processing])
            mayAnswer.finish()
            try await paying
            #expect(try await desk.payments().map(\.status) == [.refunded])
            #expect(till.refunds.count == 1)
        }
    }
}

@Suite struct `Payments` {
    @Test func `are listed newest first, and found by order, user and status`() async throws {
        try await PaymentDesk.open(.memory) { desk in
            let orders = [OrderCreated.some(), .some("product-decline"), .some()]
            for order in orders { try await desk.hear(order) }
            #expect(try await desk.payments().map(\.orderId) == orders.reversed().map(\.orderId))
            #expect(try await desk.payments("?status=failed").map(\.orderId) == [orders[1].orderId])
            #expect(try await desk.payments("?userId=\(orders[0].userId)&limit=2").count == 2)
            let one = try #require(try await desk.payments("?orderId=\(orders[0].orderId)").first)
            #expect(try await desk.site.get("/api/payments/\(one.id)").json(PaymentView.self) == one)
            #expect(try await desk.site.get("/api/payments/\(orders[0].orderId)").status == .notFound)
            #expect(try await desk.site.get("/api/payments/7").status == .badRequest)
            #expect(try await desk.site.get("/api/payments?status=lost").status == .badRequest)
        }
    }
}
