import Testing
import TradewindCQRS
import TradewindDomain
import TradewindTesting

@Suite struct `The behaviours of a bus` {
    private let log = Log()

    @Test func `come in one order, whatever the command`() async throws {
        let bus = try probeBus()
        try await bus.send(Probe(log: log), try .anonymous.with(key: "a"))
        #expect(
            log.entries == [
                "span opens", "validation", "authorisation", "begin", "handler", "answer kept", "commit", "audit",
                "metric", "span ends",
            ])
    }

    @Test func `stop at the first that refuses, and those outside see it`() async throws {
        let bus = try probeBus()
        await #expect(throws: Violations.self) { try await bus.send(Probe(log: log, isValid: false), .anonymous) }
        #expect(log.entries == ["span opens", "validation", "audit", "metric", "span ends"])
    }

    @Test func `roll back when the handler fails, and look whether it was answered before`() async throws {
        let bus = try probeBus()
        await #expect(throws: Probe.Broken.self) {
            try await bus.send(Probe(log: log, isBroken: true), .anonymous.with(key: "a"))
        }
        #expect(log.entries.suffix(6) == ["handler", "rollback", "answer sought", "audit", "metric", "span ends"])
    }

    private func probeBus() throws -> CommandBus<LoggedWork> {
        let log = log
        let instruments = Instruments(
            openSpan: { _, _, _ in
                log.note("span opens")
                return Span(trace: TraceContext(traceID: 1, spanID: 2, isSampled: true)) { _ in log.note("span ends") }
            },
            meter: { _, _ in { _, _ in log.note("metric") } }, audit: { _ in log.note("audit") })
        return try CommandBus(
            for: [Probe.self],
            CommandBehaviours(
                instruments: instruments, authorisation: .required, idempotency: LoggedStore(log: log),
                unitOfWork: LoggedWork(log: log), clockwork: .manual())
        ) {
            ProbeHandler()
        }
    }
}

@Suite struct `What watches a bus` {
    @Test func `is told who did what with which outcome, and of the command what it opted in`() async throws {
        let log = Log()
        let open = try OpenShop(
            instruments: Instruments(audit: { entry in
                let fields = entry.fields.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
                log.note("\(entry.caller) \(entry.command) \(entry.outcome) \(entry.request) [\(fields)]")
            }))
        let id = try await open.commands.send(PlaceOrder.twoMice, .alice)
        _ = try? await open.commands.send(PlaceOrder.twoMice, .bob)
        try await open.commands.send(CancelOrder(order: id), .bob)
        _ = try? await open.commands.send(CancelOrder(order: id), .bob)
        #expect(
            log.entries == [
                "user:\(UserID.alice) PlaceOrder succeeded request-1 [user.id=\(UserID.alice)]",
                "user:\(UserID.bob) PlaceOrder forbidden request-2 [user.id=\(UserID.alice)]",
                "user:\(UserID.bob) CancelOrder succeeded request-2 []",
                "user:\(UserID.bob) CancelOrder rejected request-2 []",
            ])
    }

    @Test func `measures commands and queries, each by its name`() async throws {
        let (log, clock) = (Log(), ManualClock())
        let open = try OpenShop(
            instruments: Instruments(meter: { kind, name in
                { outcome, duration in log.note("\(kind) \(name) \(outcome) \(duration)") }
            }), beforeCommit: { clock.advance(by: .seconds(1)) })
        let id = try await open.commands.send(PlaceOrder.twoMice, .alice.with(key: "a"))
        _ = try await open.commands.send(PlaceOrder.twoMice, .alice.with(key: "a"))
        _ = try await open.queries.ask(OrderByID(id: id), .alice)
        _ = try? await open.queries.ask(OrderByID(id: OrderID(.zero)), .alice)
        #expect(
            log.entries == [
                "command PlaceOrder succeeded 0.0 seconds", "command PlaceOrder repeated 0.0 seconds",
                "query OrderByID succeeded 0.0 seconds", "query OrderByID notFound 0.0 seconds",
            ])
    }

    @Test func `gives the handler its own span to go on from`() async throws {
        let log = Log()
        let incoming = try #require(
            TraceContext(parent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", state: "a=1"))
        let bus = try QueryBus(
            for: [WhichTrace.self],
            instruments: Instruments(openSpan: { _, _, request in
                request.trace.map { Span(trace: $0.below(0xAB)) { log.note("\($0)") } }
            }), authorisation: .required, clockwork: .manual()
        ) {
            WhichTraceHandler()
        }
        var request = RequestContext.anonymous
        #expect(try await bus.ask(WhichTrace(), request) == nil)
        request.trace = incoming
        #expect(try await bus.ask(WhichTrace(), request) == incoming.below(0xAB))
        #expect(log.entries == ["succeeded"])
    }

    private struct WhichTrace: Query {
        typealias Result = TraceContext?
        var access: Access { .anyone }
    }

    private struct WhichTraceHandler: QueryHandler {
        typealias Handled = WhichTrace
        func callAsFunction(_ query: WhichTrace, for request: RequestContext) async -> TraceContext? { request.trace }
    }
}

/// Tells the log whenever it is looked at.
private struct Probe: IdempotentCommand {
    struct Broken: Error {}
    let log: Log
    var isValid = true, isBroken = false

    var access: Access {
        log.note("authorisation")
        return .anyone
    }

    func validated() throws(Violations) -> Probe {
        log.note("validation")
        guard isValid else { throw Violations(.format, "must be valid") }
        return self
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(isBroken)
    }
}

private struct ProbeHandler: CommandHandler {
    typealias Handled = Probe
    func callAsFunction(_ command: Probe, in log: Log, for request: RequestContext) async throws {
        log.note("handler")
        if command.isBroken { throw Probe.Broken() }
    }
}

private struct LoggedWork: UnitOfWork {
    let log: Log
    func callAsFunction<Result>(_ body: (Log) async throws -> Result) async throws -> Result {
        log.note("begin")
        do {
            let result = try await body(log)
            log.note("commit")
            return result
        } catch {
            log.note("rollback")
            throw error
        }
    }
}

private struct LoggedStore: IdempotencyStore {
    let log: Log
    func keep(_ answer: [UInt8], for claim: IdempotencyClaim, at now: Timestamp, in log: Log) {
        log.note("answer kept")
    }
    func answer(to claim: IdempotencyClaim) -> KeptAnswer? {
        log.note("answer sought")
        return nil
    }
}
