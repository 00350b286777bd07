import Testing
import TradewindKafka
import TradewindMessaging
import TradewindTesting

enum Fault: CaseIterable { case killed, frozen }

/// On a broker of their own, one after the other.
@Suite(.serialized) struct `When the broker is away` {
    /// It ends with this process.
    private static let own = Task { try await KafkaServer.alone() }

    private func withOwnKafka(
        _ body: @escaping @Sendable (KafkaServer, Bench) async throws -> Void
    ) async throws {
        if let why = KafkaServer.whyUnusable { try Test.cancel("\(why)") }
        guard let server = try await Self.own.value else { try Test.cancel("TRADEWIND_KAFKA names no program") }
        try await withKafka(on: server, { $0.useDefaultTimes() }) { try await body(server, $0) }
    }

    @Test(arguments: Fault.allCases)
    func `nothing is lost, and no key is out of order`(fault: Fault) async throws {
        try await withOwnKafka { server, bench in
            let member = Member(try await bench.join())
            let sender = Sender(bench)
            try await withRunning(member) {
                try await withThrowingTaskGroup { group in
                    group.addTask { try await sender.run() }
                    try await eventually("messages") { member.count > 2_000 }
                    try await server.hurt(fault)
                    // As long as a restart of a small broker takes.
                    try await Task.sleep(for: .seconds(3))
                    try await server.heal(fault)
                    let before = sender.acknowledged
                    let took = try await duration { try await eventually("an answer") { sender.acknowledged > before } }
                    #expect(took < .seconds(5), "\(took)")
                    try await Task.sleep(for: .seconds(2))
                    sender.stop()
                    try await group.waitForAll()
                }
                let sent = sender.acknowledged
                try await eventually("all messages") { Set(member.bodies).count >= sent }
            }
            #expect(sender.slowest < soon, "\(sender.slowest)")
            for key in 0..<Sender.keys {
                let numbers = member.deliveries.filter { $0.key == "key-\(key)" }.compactMap { Int($0.text) }
                var seen: Set<Int> = []
                let firsts = numbers.filter { seen.insert($0).inserted }
                #expect(firsts == firsts.sorted(), "key-\(key)")
            }
        }
    }

    @Test(arguments: Fault.allCases)
    func `who asks is told so within two seconds, and all ends within two`(fault: Fault) async throws {
        try await withOwnKafka { server, bench in
            let (source, other) = (try await bench.join(), try bench.another())
            try await bench.publish(bench.events(4, 0..<4))
            _ = try await take(4, from: source)
            let stream = try await bench.broker.follow([bench.topic])
            try await server.hurt(fault)
            for broker in [bench.broker, other] {
                var answer = PublishResult.acknowledged
                let took = await duration { answer = await broker.publish([bench.event("a", "lost")]) { _ in }[0] }
                guard case .unavailable(let reason) = answer else { return #expect(Bool(false)) }
                #expect(reason.contains("Kafka") && took < soon, "\(took) \(reason)")
            }
            await isRefusedSoon { try await bench.broker.check() }
            await isRefusedSoon { try await bench.broker.prepare([bench.topic]) }
            await isRefusedSoon { _ = try await bench.broker.deadLetters.list([bench.topic], limit: 1) }
            await isRefusedSoon { _ = try await bench.broker.backlog(of: bench.group, [bench.topic]) }
            let took = await duration {
                await bench.broker.close()
                for await _ in stream {}
                await source.close()
            }
            #expect(took < soon, "\(took)")
            #expect(await duration { await other.close() } < soon)
            try await server.heal(fault)
        }
    }

    private func isRefusedSoon(_ ask: () async throws -> Void) async {
        let took = await duration { await #expect(throws: BrokerFailure.self) { try await ask() } }
        #expect(took < soon, "\(took)")
    }

    @Test func `a member that began before the broker works as soon as it is there`() async throws {
        try await withOwnKafka { server, bench in
            try await server.hurt(.killed)
            let broker = try bench.another()
            let source = try await broker.join(bench.group, of: [bench.topic])
            try await server.heal(.killed)
            try await eventually("a published message") {
                await broker.publish([bench.event("a", "hello")]) { _ in }[0] == .acknowledged
            }
            #expect(try await take(1, from: source).first?.text == "hello")
            await source.close()
            await broker.close()
        }
    }
}

@Suite struct `Settings that cannot work` {
    @Test func `a name that nobody knows is said`() async throws {
        try await withKafka({ $0.useDefaultTimes() }) { bench in
            let broker = try bench.another { $0.brokers = "no-such-host.invalid:9092" }
            let failure = await #expect(throws: BrokerFailure.self) { try await broker.check() }
            #expect(failure?.description.contains("no-such-host.invalid") == true, "\(String(describing: failure))")
            await broker.close()
        }
    }

    @Test func `a login that the broker does not take is said`() async throws {
        try await withKafka({ $0.useDefaultTimes() }) { bench in
            try bench.needsRealKafka()
            let broker = try bench.another { $0.login = .init(.plain, name: "me", password: "wrong") }
            let failure = await #expect(throws: BrokerFailure.self) { try await broker.check() }
            #expect(
                failure?.kind == .refused && failure?.description.contains("password") == true,
                "\(String(describing: failure))")
            let answer = await broker.publish([bench.event("a", "b")]) { _ in }[0]
            guard case .unavailable(let reason) = answer else { return #expect(Bool(false)) }
            #expect(reason.contains("password"))
            await broker.close()
        }
    }

}

extension KafkaSettings {
    mutating func useDefaultTimes() {
        let usual = KafkaSettings("")
        (silence, patience) = (usual.silence, usual.patience)
    }
}

extension KafkaServer {
    func hurt(_ fault: Fault) async throws {
        switch fault {
        case .killed: try await kill()
        case .frozen: try await freeze()
        }
    }

    func heal(_ fault: Fault) async throws {
        switch fault {
        case .killed: try await start()
        case .frozen: try await thaw()
        }
    }
}
