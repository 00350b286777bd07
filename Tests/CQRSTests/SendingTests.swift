import Testing
import TradewindCQRS
import TradewindDomain
import TradewindJSON
import TradewindTesting

@Suite struct `Sending a command` {
    @Test func `brings its typed answer, and its effects are there`() async throws {
        let open = try OpenShop()
        let id = try await open.commands.send(PlaceOrder.twoMice, .alice)
        let order = try await open.queries.ask(OrderByID(id: id), .alice)
        #expect(order.total == Money(hundredths: 5_000))
        #expect(open.shop.events == [.placed(id, order.total, at: .noon)])
    }

    @Test func `that is invalid reports every field and changes nothing`() async throws {
        let open = try OpenShop()
        let order = PlaceOrder(
            userId: .alice,
            items: [
                .init(productId: "mouse", quantity: 0, price: 1),
                .init(productId: "product-mouse", quantity: 1, price: try #require(.init(29_999, scale: 3))),
            ])
        let violations = await #expect(throws: Violations.self) { try await open.commands.send(order, .alice) }
        #expect(
            violations?.all == [
                Violation(.format, "must begin with product-", at: "items[0].productId"),
                Violation(.range, "must be between 1 and 9999", at: "items[0].quantity"),
                Violation(.precision, "must have at most 2 decimals", at: "items[1].price"),
            ])
        #expect(open.shop.orders.isEmpty)
    }

    @Test func `that breaks a rule throws the rule itself and rolls back`() async throws {
        let open = try OpenShop()
        let id = try await open.commands.send(PlaceOrder.twoMice, .alice)
        try await open.commands.send(CancelOrder(order: id), .alice)
        await #expect(throws: OrderError.onlyPendingOrdersCanBeCancelled(.cancelled)) {
            try await open.commands.send(CancelOrder(order: id), .alice)
        }
        #expect(open.shop.events.count == 2)
    }

    @Test func `about what does not exist says so`() async throws {
        let (open, id) = (try OpenShop(), OrderID(.zero))
        await #expect(throws: NotFound(Order.kind, id)) { try await open.commands.send(CancelOrder(order: id), .alice) }
        await #expect(throws: NotFound(Order.kind, id)) { try await open.queries.ask(OrderByID(id: id), .alice) }
    }

    @Test func `of somebody else is forbidden, of nobody not known`() async throws {
        let open = try OpenShop()
        await #expect(throws: Refusal.forbidden) { try await open.commands.send(PlaceOrder.twoMice, .bob) }
        await #expect(throws: Refusal.unauthenticated) { try await open.commands.send(PlaceOrder.twoMice, .anonymous) }
        await #expect(throws: Refusal.unauthenticated) {
            try await open.queries.ask(OrderByID(id: OrderID(.zero)), .anonymous)
        }
        #expect(open.shop.orders.isEmpty)
    }

    @Test func `is anybody's where nobody signs in`() async throws {
        let open = try OpenShop(authorisation: .off)
        let id = try await open.commands.send(PlaceOrder.twoMice, .anonymous)
        #expect(try await open.queries.ask(OrderByID(id: id), .anonymous).user == .alice)
    }

    @Test func `that may be repeated is, when somebody else was faster`() async throws {
        let rival = Rival(times: 2)
        let open = try OpenShop(beforeCommit: { try rival.interfere() })
        let id = try await open.commands.send(PlaceOrder.twoMice, .alice)
        rival.enter(open.shop, id)
        try await open.commands.send(CancelOrder(order: id), .alice)
        #expect(open.shop.orders[id]?.status == .cancelled)
        // What the losing attempts had written is not there.
        #expect(open.shop.events.count == 2)
    }

    @Test func `gives up when somebody else is always faster`() async throws {
        let rival = Rival(times: .max)
        let open = try OpenShop(beforeCommit: { try rival.interfere() })
        let id = try await open.commands.send(PlaceOrder.twoMice, .alice)
        rival.enter(open.shop, id)
        await #expect(throws: VersionConflict(Order.kind, id, expected: Version(3))) {
            try await open.commands.send(CancelOrder(order: id), .alice)
        }
        #expect(rival.interferences == CancelOrder.attempts)
    }

    @Test func `runs once unless it says that it may be repeated`() async throws {
        let attempts = Log()
        let open = try OpenShop(beforeCommit: {
            attempts.note("commit")
            throw VersionConflict(Order.kind, OrderID(.zero), expected: .new)
        })
        await #expect(throws: VersionConflict.self) { try await open.commands.send(PlaceOrder.twoMice, .alice) }
        #expect(attempts.entries == ["commit"])
    }
}
