import Testing
import TradewindCQRS
import TradewindDomain
import TradewindTesting

@Suite(.timeLimit(.minutes(1))) struct `A command with a key` {
    @Test func `gives its first answer again and does nothing twice`() async throws {
        let open = try OpenShop()
        let request = try RequestContext.alice.with(key: "a")
        let first = try await open.commands.send(PlaceOrder.twoMice, request)
        #expect(try await open.commands.send(PlaceOrder.twoMice, request) == first)
        #expect(open.shop.orders.count == 1)
    }

    @Test func `is a conflict when the key was used for another request`() async throws {
        let open = try OpenShop()
        let request = try RequestContext.alice.with(key: "a")
        _ = try await open.commands.send(PlaceOrder.twoMice, request)
        await #expect(throws: Refusal.conflict(.oneKeyForOneRequest)) {
            try await open.commands.send(PlaceOrder.oneKeyboard, request)
        }
    }

    @Test func `is another one under another key, of another caller, and without a key`() async throws {
        let open = try OpenShop(authorisation: .off)
        let (alice, bob) = (RequestContext.alice, RequestContext.bob)
        let requests = [try alice.with(key: "a"), try alice.with(key: "b"), try bob.with(key: "a"), alice, alice]
        for request in requests {
            _ = try await open.commands.send(PlaceOrder.twoMice, request)
        }
        #expect(open.shop.orders.count == 5)
    }

    @Test func `that failed can be tried again`() async throws {
        let failures = Rival(times: 1)
        let open = try OpenShop(beforeCommit: { try failures.fail() })
        let request = try RequestContext.alice.with(key: "a")
        await #expect(throws: Rival.Failure.self) { try await open.commands.send(PlaceOrder.twoMice, request) }
        let answer = try await open.commands.send(PlaceOrder.twoMice, request)
        #expect(Array(open.shop.orders.keys) == [answer])
        // Also with another body: nothing has come of the first.
        let other = try RequestContext.alice.with(key: "b")
        await #expect(throws: Violations.self) {
            try await open.commands.send(PlaceOrder(userId: .alice, items: []), other)
        }
        _ = try await open.commands.send(PlaceOrder.twoMice, other)
    }

    @Test func `sent many times at once takes effect once, and all get its answer`() async throws {
        let gate = Gate()
        let open = try OpenShop(beforeCommit: { await gate.pass() })
        let request = try RequestContext.alice.with(key: "a")
        let answers = try await withThrowingTaskGroup(of: OrderID.self) { group in
            for _ in 0..<20 { group.addTask { try await open.commands.send(PlaceOrder.twoMice, request) } }
            try await eventually { gate.arrived == 20 }
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 20 && Set(answers).count == 1)
        #expect(Array(open.shop.orders.keys) == [answers[0]])
    }

    @Test func `whose commit was confirmed to nobody is answered all the same`() async throws {
        let failures = Rival(times: 1)
        let open = try OpenShop(afterCommit: { try failures.fail() })
        let answer = try await open.commands.send(PlaceOrder.twoMice, .alice.with(key: "a"))
        #expect(Array(open.shop.orders.keys) == [answer])
    }

    @Test func `is answered also when what it did once cannot be done a second time`() async throws {
        let log = Log()
        let shop = Shop()
        let bus = try CommandBus(
            for: [Knock.self],
            CommandBehaviours(authorisation: .off, idempotency: shop, unitOfWork: shop, clockwork: .manual())
        ) {
            KnockHandler(log: log)
        }
        for _ in 0..<3 { try await bus.send(Knock(), .anonymous.with(key: "a")) }
        await #expect(throws: Knock.Awake.self) { try await bus.send(Knock(), .anonymous.with(key: "b")) }
        #expect(log.entries == ["knock"])
    }

    private struct Knock: IdempotentCommand {
        struct Awake: Error {}
        var access: Access { .anyone }
    }

    private struct KnockHandler: CommandHandler {
        typealias Handled = Knock
        let log: Log
        func callAsFunction(_ command: Knock, in shop: Shop.Transaction, for request: RequestContext) async throws {
            guard log.entries.isEmpty else { throw Knock.Awake() }
            log.note("knock")
        }
    }

    @Test(arguments: ["", " ", "a b", "ä", "a\n", String(repeating: "a", count: 256)])
    func `needs a key that is one`(text: String) {
        #expect(throws: Violations.self) { try IdempotencyKey(text) }
    }

    @Test func `is told from others by a hash that stays the same`() {
        // Values of the reference implementation's test suite.
        #expect(Fingerprint(of: []).bits == 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D)
        #expect(Fingerprint(of: Array("a".utf8)).bits == 0xD228_CB69_6F1A_8CAF_7891_2B70_4E4A_8964)
        #expect(Fingerprint(of: Array("foobar".utf8)).bits == 0x343E_1662_793C_64BF_6F0D_3597_BA44_6F18)
    }
}

extension Rival {
    struct Failure: Error {}
    func fail() throws {
        if takeTurn() { throw Failure() }
    }
}
