import TradewindAPI
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindMessaging
import TradewindPersistence
import TradewindRepositories
import TradewindTesting

/// Somebody has put a pebble down.
struct PebbleLaid: IntegrationEvent {
    static let name: EventName = "pebble.laid"
    let pebble: Int
    var subject: String { "pebble-\(pebble)" }
}

/// A scenario, whole: a client that lays pebbles until it is told that they lie, a program that piles up those it hears
/// of, and a world that fails. What must be true when all is quiet: each pebble is on the heap, once.
struct Pebbles: Sendable {
    static let schema = MigrationSet(
        "pebbles",
        [
            Migration(
                1, "pebbles",
                """
                CREATE TABLE laid (pebble bigint CONSTRAINT laid_pkey PRIMARY KEY);
                CREATE TABLE heap (position integer PRIMARY KEY AUTOINCREMENT, pebble bigint NOT NULL)
                """)
        ])

    let simulation: Simulation
    let disk: SimulatedDisk
    let broker = SimulatedBroker()

    /// The heap in the end.
    static func heap(
        seed: UInt64, in weather: Weather? = nil, tell: ((String) -> Void)? = nil
    ) throws -> [Int] {
        let disk = try SimulatedDisk.of(schema)
        return try Simulation.run(seed: seed, tell: tell) { simulation in
            if let weather { simulation.weather = weather }
            try await Pebbles(simulation: simulation, disk: disk).run()
            return try disk.query("SELECT pebble FROM heap ORDER BY position").map { try $0.decode(0) }
        }
    }

    private func run() async throws {
        let program = SimulatedProgram.service("pebbles", on: disk, broker, in: simulation) { store, _ in
            (Self.api(store), [Self.piling(store)])
        }
        try await withThrowingTaskGroup { group in
            group.addTask { try await program.run() }
            for pebble in 1...5 { try await lay(pebble, program) }
            simulation.weather = .calm
            repeat { try await simulation.sleep(.seconds(5)) } while try !broker.isQuiet || disk.pendingEvents() > 0
            group.cancelAll()
        }
    }

    /// Until it is answered.
    private func lay(_ pebble: Int, _ program: SimulatedProgram) async throws {
        while true {
            let answer = try? await program.ask { try await $0.send(.post, "/pebbles/\(pebble)") }
            if answer?.status == .noContent { return }
            try await simulation.sleep(.milliseconds(100))
        }
    }

    static func api(_ store: Store) -> API {
        API("Pebbles", "") {
            Endpoint.post("/pebbles/:number", "Lays a pebble", access: .anyone, gives: .noContent) { call in
                let pebble = call.request.parameter("number").flatMap { Int($0) } ?? 0
                do {
                    try await store.work { work in
                        work.write("INSERT INTO laid VALUES (\(pebble))", conflicts: ["laid_pkey": AlreadyHandled()])
                        try work.publish(PebbleLaid(pebble: pebble), for: call.context)
                    }
                } catch is AlreadyHandled {}
            }
        }
    }

    private static func piling(_ store: Store) -> Subscription {
        .reaction(to: PebbleLaid.self, by: "pebbles", in: store.work) { event, work, _ in
            work.write("INSERT INTO heap (pebble) VALUES (\(event.pebble))")
        }
    }
}
