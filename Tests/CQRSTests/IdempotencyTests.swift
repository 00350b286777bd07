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

    @Test func `is remembered for a day`() async throws {
        let open = try OpenShop()
        let request = try RequestContext.alice.with(key: "a")
        let first = try await open.commands.send(PlaceOrder.twoMice, request)
        open.clock.advance(by: .seconds(24 * 3600 - 1))
        #expect(try await open.commands.send(PlaceOrder.twoMice, request) == first)
        open.clock.advance(by: .seconds(1))
        #expect(try await open.commands.send(PlaceOrder.twoMice, request) != first)
    }

    @Test func `is forgotten after that, so that memory does not grow for ever`() async throws {
        let store = MemoryIdempotency<Shop.Transaction>()
        let open = try OpenShop(idempotency: store)
        for key in 0..<3_000 {
            open.clock.advance(by: .seconds(3600))
            _ = try await open.commands.send(PlaceOrder.twoMice, .alice.with(key: "\(key)"))
        }
        #expect(24...1_024 ~= store.count)
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

    @Test func `sent many times at once is carried out once, and all get its answer`() async throws {
        let gate = Gate()
        let open = try OpenShop(beforeCommit: { await gate.pass() })
        let request = try RequestContext.alice.with(key: "a")
        let answers = try await withThrowingTaskGroup(of: OrderID.self) { group in
            for _ in 0..<20 { group.addTask { try await open.commands.send(PlaceOrder.twoMice, request) } }
            await open.clock.sleepers(19)  // all but the first
            gate.open()
            try await group.next().map { first in #expect(open.shop.orders[first] != nil) }
            open.clock.advance(by: .seconds(1))
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(answers).count == 1)
        #expect(open.shop.orders.count == 1)
        #expect(gate.arrived == 1)
    }

    @Test func `takes over when the attempt that it waits for fails`() async throws {
        let (gate, failures) = (Gate(), Rival(times: 1))
        let open = try OpenShop(beforeCommit: {
            await gate.pass()
            try failures.fail()
        })
        let request = try RequestContext.alice.with(key: "a")
        let first = Task { try await open.commands.send(PlaceOrder.twoMice, request) }
        try await eventually { gate.arrived == 1 }
        async let second = open.commands.send(PlaceOrder.twoMice, request)
        await open.clock.sleepers(1)
        gate.open()
        await #expect(throws: Rival.Failure.self) { try await first.value }
        open.clock.advance(by: .seconds(1))
        let answer = try await second
        #expect(Array(open.shop.orders.keys) == [answer])
    }

    @Test func `waits no longer than its deadline`() async throws {
        let gate = Gate()
        let open = try OpenShop(beforeCommit: { await gate.pass() })
        let request = try RequestContext.alice.with(key: "a")
        async let first = open.commands.send(PlaceOrder.twoMice, request)
        try await eventually { gate.arrived == 1 }
        await #expect(throws: Refusal.unavailable(retryAfter: .seconds(1))) {
            try await open.commands.send(PlaceOrder.twoMice, request.with(deadline: .noon + .milliseconds(4)))
        }
        gate.open()
        _ = try await first
    }

    @Test func `stops waiting when its task is cancelled`() async throws {
        let gate = Gate()
        let open = try OpenShop(beforeCommit: { await gate.pass() })
        let request = try RequestContext.alice.with(key: "a")
        async let first = open.commands.send(PlaceOrder.twoMice, request)
        try await eventually { gate.arrived == 1 }
        let second = Task { try await open.commands.send(PlaceOrder.twoMice, request) }
        await open.clock.sleepers(1)
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        gate.open()
        _ = try await first
    }

    @Test func `is handed to another attempt when its own has died, and cannot commit after that`() async throws {
        let gate = Gate()
        let open = try OpenShop(idempotency: SlowToComplete(gate: gate))
        let request = try RequestContext.alice.with(key: "a")
        let dead = Task { try await open.commands.send(PlaceOrder.twoMice, request) }
        try await eventually { gate.arrived == 1 }
        open.clock.advance(by: .seconds(60))
        let answer = try await open.commands.send(PlaceOrder.twoMice, request)
        gate.open()
        await #expect(throws: ReservationLost.self) { try await dead.value }
        #expect(Array(open.shop.orders.keys) == [answer])
        #expect(try await open.commands.send(PlaceOrder.twoMice, request) == answer)
    }

    @Test func `and no answer is remembered as well`() async throws {
        let log = Log()
        let bus = try CommandBus(
            for: [Knock.self],
            CommandBehaviours(
                authorisation: .off, idempotency: MemoryIdempotency(), unitOfWork: NoTransactions(),
                clockwork: .manual())
        ) {
            KnockHandler(log: log)
        }
        for _ in 0..<3 { try await bus.send(Knock(), .anonymous.with(key: "a")) }
        #expect(log.entries == ["knock"])
    }

    private struct Knock: IdempotentCommand {
        var access: Access { .anyone }
    }

    private struct KnockHandler: CommandHandler {
        typealias Handled = Knock
        let log: Log
        func callAsFunction(_ command: Knock, in nothing: NoTransactions, for request: RequestContext) async {
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

/// Whose first attempt stops on its way to its answer, as one does whose machine stands still.
private struct SlowToComplete: IdempotencyStore {
    let store = MemoryIdempotency<Shop.Transaction>()
    let gate: Gate

    func claim(_ claim: IdempotencyClaim, at now: Timestamp) async -> ClaimResult {
        await store.claim(claim, at: now)
    }

    func complete(
        _ claim: IdempotencyClaim, with answer: [UInt8], at now: Timestamp, in transaction: Shop.Transaction
    ) async throws {
        if gate.arrived == 0 { await gate.pass() }
        try await store.complete(claim, with: answer, at: now, in: transaction)
    }

    func end(_ claim: IdempotencyClaim, committed: Bool) async { await store.end(claim, committed: committed) }
}
