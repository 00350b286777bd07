import Testing
import TradewindDomain
import TradewindHTTP
import TradewindLocks
import TradewindMessaging
import TradewindPersistence
import TradewindTesting

@Suite struct `A simulation` {
    private func lines(_ seed: UInt64) throws -> [String] {
        let lines = Lock<[String]>([])
        _ = try Pebbles.heap(seed: seed) { line in lines.withLock { $0.append(line) } }
        return lines.withLock(\.self)
    }

    @Test func `is the same for the same seed, to the last step`() throws {
        #expect(try lines(7) == lines(7))
        #expect(try lines(7) != lines(8))
    }

    @Test(arguments: Fault.allCases) func `loses and doubles nothing, whatever fails`(fault: Fault) throws {
        var weather = Weather.calm
        weather[fault] = fault == .crash ? 30 : 200
        for seed in 1...10 as ClosedRange<UInt64> {
            #expect(try Pebbles.heap(seed: seed, in: weather).sorted() == [1, 2, 3, 4, 5], "seed \(seed)")
        }
    }

    @Test func `gives no message up because its handler loses races`() throws {
        let disk = try SimulatedDisk.of(Pebbles.schema)
        let calls = Lock(0)
        try Simulation.run(seed: 1) { simulation in
            simulation.weather = .calm
            let broker = SimulatedBroker()
            let losing = Subscription.on(PebbleLaid.self) { _ in
                let call = calls.withLock { calls in
                    calls += 1
                    return calls
                }
                if call <= 10 { throw DatabaseError.serializationFailure }
            }
            let program = SimulatedProgram.service("pebbles", on: disk, broker, in: simulation) { store, _ in
                (Pebbles.api(store), [losing])
            }
            try await withThrowingTaskGroup { group in
                group.addTask { try await program.run() }
                try await simulation.sleep(.seconds(1))
                _ = try await program.ask { try await $0.send(.post, "/pebbles/1") }
                repeat { try await simulation.sleep(.seconds(5)) } while try !broker.isQuiet || disk.pendingEvents() > 0
                group.cancelAll()
            }
            #expect(broker.deadLetters.isEmpty)
        }
        #expect(calls.withLock(\.self) == 11)
    }

    @Test func `passes a day as soon as nobody has anything to do before`() throws {
        let times = try Simulation.run(seed: 1) { simulation in
            try await simulation.sleep(.seconds(86_400))
            return (simulation.elapsed, simulation.now - simulation.start)
        }
        #expect(times == (.seconds(86_400), .seconds(86_400)))
    }

    @Test func `tells when everybody waits for somebody`() {
        #expect(throws: Standstill.self) {
            try Simulation.run(seed: 1) { _ in await Bell().heard() }
        }
    }
}

@Suite struct `A simulated database` {
    private func value(in disk: SimulatedDisk) throws -> Int? {
        try disk.query("SELECT pebble FROM heap").first.map { try $0.decode(0) }
    }

    @Test func `forgets what a program had not committed when it died, and nothing else`() throws {
        let disk = try SimulatedDisk.of(Pebbles.schema)
        try Simulation.run(seed: 1) { simulation in
            simulation.weather = .calm
            let life = Life("first", in: simulation)
            let database = SimulatedDatabase(disk, of: life)
            try await database.execute("INSERT INTO heap (pebble) VALUES (1)")
            await #expect(throws: DatabaseError.connectionLost) {
                try await database.transaction { transaction in
                    try await transaction.execute("UPDATE heap SET pebble = 2")
                    life.end("kill -9")
                    try await transaction.execute("UPDATE heap SET pebble = 3")
                }
            }
            // Whoever lives next is not kept waiting by it.
            try await SimulatedDatabase(disk, of: Life("second", in: simulation)).ping()
        }
        #expect(try value(in: disk) == 1)
    }

    @Test func `has done what nobody heard of`() throws {
        let disk = try SimulatedDisk.of(Pebbles.schema)
        try Simulation.run(seed: 1) { simulation in
            simulation.weather = .calm
            simulation.weather[.commitUnheard] = 1_000
            let database = SimulatedDatabase(disk, of: Life("deaf", in: simulation))
            await #expect(throws: DatabaseError.connectionLost) {
                try await database.execute("INSERT INTO heap (pebble) VALUES (1)")
            }
        }
        #expect(try value(in: disk) == 1)
    }
}
