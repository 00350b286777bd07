import Orders
import OrdersContracts
import TradewindAPI
import TradewindDomain
import TradewindHTTP
import TradewindJSON
import TradewindLocks
import TradewindTesting
import Users
import UsersContracts

/// What clients were told. Whatever happens to the programs, it must come true.
final class Diary: Sendable {
    struct Order: Hashable {
        let product: String
        /// Nil when nobody answered before the client gave up.
        var id: OrderID?
        var wasToBeCancelled = false
    }

    private let state = Lock<(orders: [Order], left: Set<UserID>)>(([], []))
    var orders: [Order] { state.withLock(\.orders) }
    /// Users who wanted to be deleted.
    var left: Set<UserID> { state.withLock(\.left) }
    func add(_ order: Order) { state.withLock { $0.orders.append(order) } }
    func leave(_ user: UserID) { state.withLock { _ = $0.left.insert(user) } }
}

/// Somebody who registers, changes his mind about his name, orders, cancels, sometimes leaves, and asks again when
/// nobody answers.
struct Customer: Sendable {
    let name: String
    let simulation: Simulation
    let users: SimulatedProgram, orders: SimulatedProgram
    let diary: Diary

    private var email: String { "\(name)@example.com" }

    func live() async throws {
        let user = try await register()
        try await withThrowingTaskGroup { group in
            for number in 1...simulation.roll(1...2) {
                group.addTask { try await order(number, for: user) }
            }
            group.addTask { try await rename(user) }
            try await group.waitForAll()
        }
        if simulation.roll(1...6) == 1 { try await leave(user) }
    }

    // MARK: Users

    private func register() async throws -> UserID {
        let body: JSONValue = ["email": .string(email), "name": .string(name), "password": "SecurePass123!"]
        let response = try await insist("registers", users) { try await $0.post("/api/users", json: body) }
        if response.status == .created { return try response.json(UserView.self).id }
        // Nobody told that it had worked the first time.
        guard response.status == .conflict else { throw Broken("\(name) registers: \(response.text)") }
        let all = try await insist("looks", users) { try await $0.get("/api/users") }
        guard let mine = try all.json([UserView].self).first(where: { $0.email == email }) else {
            throw Broken("the email of \(name) is taken, and nobody has it")
        }
        return mine.id
    }

    private func rename(_ user: UserID) async throws {
        for number in 0..<simulation.roll(0...2) {
            let body: JSONValue = ["name": .string("\(name) \("abc".dropFirst(number).prefix(1))")]
            let response = try await insist("renames", users) {
                try await $0.send(
                    .put, "/api/users/\(user)", headers: [.contentType: "application/json"], body: body.serialized())
            }
            guard response.status == .ok else { throw Broken("\(name) renames: \(response.text)") }
        }
    }

    private func leave(_ user: UserID) async throws {
        diary.leave(user)
        let response = try await insist("leaves", users) { try await $0.send(.delete, "/api/users/\(user)") }
        // Nobody told that it had worked the first time.
        guard response.status == .noContent || response.status == .notFound else {
            throw Broken("\(name) leaves: \(response.text)")
        }
    }

    // MARK: Orders

    private func order(_ number: Int, for user: UserID) async throws {
        try await simulation.sleep(simulation.pause(0...2_000))
        let declined = simulation.roll(1...8) == 1
        var order = Diary.Order(product: "product-\(declined ? "decline-" : "")\(name)-\(number)")
        let mayGiveUp = simulation.roll(1...10) == 1
        let body: JSONValue = [
            "userId": .string("\(user)"),
            "items": [["productId": .string(order.product), "quantity": 2, "price": .hundredths(2_999)]],
        ]
        let key = order.product
        let place = { @Sendable () async throws -> OrderID? in
            try await self.place(body, key: key, mayGiveUp: mayGiveUp)
        }
        let isRepeated = simulation.strikes(.repetition)
        async let another = isRepeated ? place() : nil
        order.id = try await place()
        let other = try await another
        if let id = order.id, let other, id != other {
            throw Broken("\(order.product) is two orders, \(id) and \(other)")
        }
        order.id = order.id ?? other
        if let id = order.id, simulation.strikes(.repetition) {
            try await simulation.sleep(simulation.pause(0...3_000))
            let again = try await place()
            if let again, again != id { throw Broken("\(order.product) was \(id) and is \(again)") }
        }
        order.wasToBeCancelled = simulation.roll(1...5) == 1
        if let id = order.id, order.wasToBeCancelled { try await cancel(id) }
        diary.add(order)
    }

    private func place(_ body: JSONValue, key: String, mayGiveUp: Bool) async throws -> OrderID? {
        let headers: HTTPHeaders = [.idempotencyKey: key]
        let response = try await insist("orders", orders, mayGiveUp: mayGiveUp) {
            try await $0.post("/api/orders", json: body, headers: headers)
        }
        guard let response else { return nil }
        guard response.status == .created else { throw Broken("\(name) orders: \(response.text)") }
        return try response.json(OrderView.self).id
    }

    private func cancel(_ order: OrderID) async throws {
        let response = try await insist("cancels", orders) { try await $0.send(.post, "/api/orders/\(order)/cancel") }
        // It was paid before, or cancelled by a request that nobody answered.
        guard response.status == .ok || response.status == .conflict else {
            throw Broken("\(name) cancels: \(response.text)")
        }
    }

    // MARK: Asking

    private func insist(
        _ what: String, _ program: SimulatedProgram,
        _ send: @escaping @Sendable (TestSite) async throws -> TestResponse
    ) async throws -> TestResponse {
        let response = try await insist(what, program, mayGiveUp: false, send)
        guard let response else { throw Broken("\(name) gave up") }
        return response
    }

    /// Until somebody answers; one who may gives up after a few times.
    private func insist(
        _ what: String, _ program: SimulatedProgram, mayGiveUp: Bool,
        _ send: @escaping @Sendable (TestSite) async throws -> TestResponse
    ) async throws -> TestResponse? {
        for attempt in 1...200 {
            do {
                let response = try await program.ask(send)
                simulation.note(name, "\(what): \(response.status)")
                if response.status != .serviceUnavailable { return response }
            } catch let silence as NoAnswer {
                simulation.note(name, "\(what): \(silence)")
            }
            if mayGiveUp, attempt == 3 { return nil }
            try await simulation.sleep(simulation.pause(50...1_000))
        }
        throw Broken("\(name) is not answered: \(what)")
    }
}

/// A promise that was not kept.
struct Broken: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
