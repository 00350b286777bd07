import Orders
import Payments
import TradewindAPI
import TradewindCQRS
import TradewindDomain
import TradewindRepositories
import TradewindSecurity
import TradewindTesting
import Users

/// The whole chain: users register and order, orders are paid, a ledger hears of everything; all in one thread.
struct OrderChain: Sendable {
    struct Disks: Sendable {
        let users: SimulatedDisk, orders: SimulatedDisk, payments: SimulatedDisk, ledger: SimulatedDisk

        init() throws {
            users = try .of(UsersService.schema)
            orders = try .of(OrdersService.schema)
            payments = try .of(PaymentsService.schema)
            ledger = try .of(Ledger.schema)
        }

        var all: [SimulatedDisk] { [users, orders, payments, ledger] }
    }

    let simulation: Simulation
    let disks: Disks
    let broker: SimulatedBroker
    let provider: Provider
    let users: SimulatedProgram, orders: SimulatedProgram, payments: SimulatedProgram, ledger: SimulatedProgram
    let diary = Diary()

    /// What was in a world.
    struct Report: Sendable {
        var orders = 0
        var struck: [Fault: Int] = [:]
    }

    /// One world. Throws what was broken in it.
    static func run(_ seed: UInt64, on disks: Disks, tell: ((String) -> Void)? = nil) throws -> Report {
        for disk in disks.all { try disk.empty() }
        return try Simulation.run(seed: seed, tell: tell) { simulation in
            let chain = OrderChain(simulation, disks)
            try await chain.run()
            return Report(orders: chain.diary.orders.count, struck: simulation.struck)
        }
    }

    private init(_ simulation: Simulation, _ disks: Disks) {
        (self.simulation, self.disks) = (simulation, disks)
        let broker = SimulatedBroker(lanesOfTopic: simulation.roll(1...3))
        let provider = Provider(simulation)
        (self.broker, self.provider) = (broker, provider)
        func service(
            _ name: String, _ disk: SimulatedDisk,
            _ compose: @escaping @Sendable (Store, Clockwork) throws -> SimulatedProgram.Parts
        ) -> SimulatedProgram {
            .service(name, on: disk, broker, in: simulation, members: simulation.roll(1...2), compose)
        }
        users = service(UsersService.name, disks.users) { store, clockwork in
            let passwords = PasswordHasher(cost: 4, chance: .of(simulation)) { job in
                job()
                return true
            }
            let service = try UsersService(store, passwords: passwords, authorisation: .off, clockwork: clockwork)
            return (service.api, [])
        }
        orders = service(OrdersService.name, disks.orders) { store, clockwork in
            let service = try OrdersService(store, authorisation: .off, clockwork: clockwork)
            return (service.api, service.subscriptions)
        }
        payments = service(PaymentsService.name, disks.payments) { store, clockwork in
            let service = try PaymentsService(
                store, provider: provider, authorisation: .off, clockwork: clockwork)
            return (service.api, service.subscriptions)
        }
        ledger = service(Ledger.name, disks.ledger) { store, _ in
            (API("Ledger", "") {}, Ledger.subscriptions(store))
        }
    }

    private func run() async throws {
        try await withThrowingTaskGroup { group in
            for program in [users, orders, payments, ledger] { group.addTask { try await program.run() } }
            group.addTask {
                let storm = simulation.weather
                for day in 1...(simulation.roll(1...5) == 1 ? 2 : 1) {
                    simulation.weather = storm
                    try await pass(day)
                    simulation.weather = .calm
                    try await comeToRest()
                    try audit()
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Customers come, programs are killed or told to stop.
    private func pass(_ day: Int) async throws {
        try await withThrowingTaskGroup { group in
            for number in 1...(simulation.roll(1...3) == 1 ? 2 : 1) {
                let customer = Customer(
                    name: "c\(day)\(number)", simulation: simulation, users: users, orders: orders, diary: diary)
                group.addTask { try await customer.live() }
            }
            let kills = simulation.weather[.crash] > 0 ? simulation.roll(0...3) : 0
            for _ in 0..<kills {
                group.addTask {
                    try await simulation.sleep(simulation.pause(0...5_000))
                    let program = simulation.pick([users, orders, payments, ledger])
                    if simulation.roll(1...3) == 1 { program.stop() } else { program.kill() }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Until nobody has anything to do. What rests between two attempts may take half a minute.
    private func comeToRest() async throws {
        simulation.note("world", "comes to rest")
        var looks = 0
        for _ in 0..<600 {
            try await simulation.sleep(.milliseconds(500))
            let isQuiet = try broker.isQuiet && disks.all.allSatisfy { try $0.pendingEvents() == 0 }
            looks = isQuiet ? looks + 1 : 0
            if looks == 2 { return }
        }
        let waiting = try disks.all.map { try $0.pendingEvents() }
        throw Broken("there is no rest: in outboxes \(waiting), the broker \(broker.isQuiet ? "empty" : "not")")
    }
}

extension Chance {
    static func of(_ simulation: Simulation) -> Chance {
        Chance {
            var bytes = InlineArray<32, UInt8>(repeating: 0)
            for index in bytes.indices { bytes[index] = UInt8(simulation.roll(0...255)) }
            return bytes
        }
    }
}
