internal import TradewindCQRS
internal import TradewindDomain

// P11: a command through every behaviour of its bus to a handler that does next to nothing, with nobody watching.

private enum ParcelTag {}

private struct MoveParcel: Command {
    typealias Result = Int
    let parcel: ID<ParcelTag>, owner: ID<ParcelTag>, by: Int

    var access: Access { .only(owner) }

    func validated() throws(Violations) -> MoveParcel {
        var check = Validation()
        check.require(by > 0, .range, "must be above 0", at: "by")
        try check.done()
        return self
    }
}

private struct MoveParcelHandler: CommandHandler {
    typealias Handled = MoveParcel
    func callAsFunction(
        _ command: MoveParcel, in transaction: NoTransactions, for request: RequestContext
    ) async throws -> Int {
        command.by &+ 1
    }
}

private struct WhereIsParcel: Query {
    typealias Result = Int
    let parcel: ID<ParcelTag>

    var access: Access { .signedIn }
}

private struct WhereIsParcelHandler: QueryHandler {
    typealias Handled = WhereIsParcel
    func callAsFunction(_ query: WhereIsParcel, for request: RequestContext) async throws -> Int { 1 }
}

private struct Desk {
    let commands: CommandBus<NoTransactions>, queries: QueryBus
    let move: MoveParcel, find: WhereIsParcel
    let request: RequestContext

    init() throws {
        let (parcel, owner) = (ID<ParcelTag>(UUID(high: 1, low: 1)), ID<ParcelTag>(UUID(high: 1, low: 2)))
        let clockwork = Clockwork(
            now: { Timestamp(microseconds: 0) }, uptime: { .zero }, newUUID: { .zero },
            sleep: { try await Task.sleep(for: $0) })
        commands = try CommandBus(
            for: [MoveParcel.self],
            CommandBehaviours(
                authorisation: .required, idempotency: nil, unitOfWork: NoTransactions(), clockwork: clockwork)
        ) {
            MoveParcelHandler()
        }
        queries = try QueryBus(for: [WhereIsParcel.self], authorisation: .required, clockwork: clockwork) {
            WhereIsParcelHandler()
        }
        (move, find) = (MoveParcel(parcel: parcel, owner: owner, by: 1), WhereIsParcel(parcel: parcel))
        request = RequestContext(id: .made(parcel.raw), caller: .user(owner.raw, .user))
    }
}

func dispatching() async throws {
    let desk = try Desk()
    let command = try await nanoseconds { try await desk.commands.send(desk.move, desk.request) }
    let query = try await nanoseconds { try await desk.queries.ask(desk.find, desk.request) }
    print("P11 dispatch_ns=\(command) query_ns=\(query)")
}

/// For one call: the median of many short turns.
private func nanoseconds(_ body: () async throws -> Int) async rethrows -> Double {
    let (turns, calls) = (200, 5_000)
    var times: [Double] = []
    for _ in 0..<turns {
        let start = processorTime()
        for _ in 0..<calls { consume(try await body()) }
        times.append((processorTime() - start) / Double(calls))
    }
    return median(times)
}

/// For `valgrind --tool=callgrind --toggle-collect='*dispatchLoop*'`.
func dispatchLoop() async throws {
    let desk = try Desk()
    for _ in 0..<20_000 { consume(try await desk.commands.send(desk.move, desk.request)) }
}
