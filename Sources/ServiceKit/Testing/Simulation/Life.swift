package import TradewindDomain
internal import TradewindHTTP
internal import TradewindLocks

/// One life of a program, from its start until it is killed. Whatever it does goes through this: once it is over its
/// tasks find nobody who answers and come to their ends, without leaving a trace in the world.
///
/// Safety: `@unchecked Sendable` because the simulation has one thread.
package final class Life: @unchecked Sendable {
    package let name: String
    package let simulation: Simulation
    package private(set) var isOver = false
    /// Where its clients find it, once it has said so.
    package var site: TestSite?
    private var tasks: [Int: Task<Void, Never>] = [:]
    private var farewells: [() -> Void] = [], mourners: [() -> Void] = []
    private var count = 0

    package init(_ name: String, in simulation: Simulation) { (self.name, self.simulation) = (name, simulation) }

    package var clockwork: Clockwork {
        Clockwork(
            now: { [simulation] in simulation.now }, uptime: { [simulation] in simulation.elapsed },
            newUUID: { [simulation] in simulation.newUUID() }, sleep: { try await self.sleep($0) })
    }

    private func sleep(_ pause: Duration) async throws {
        try await simulation.sleep(pause)
        if isOver { throw CancellationError() }
    }

    /// A task that ends with the life.
    package func start(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        count += 1
        let number = count
        let task = Task(executorPreference: simulation) {
            await body()
            self.tasks[number] = nil
        }
        tasks[number] = task
        if isOver { task.cancel() }
        return task
    }

    /// Calls `body` when it is asked to stop: SIGTERM.
    package func atStop(_ body: @escaping () -> Void) { farewells.append(body) }

    package func stop() {
        guard !isOver else { return }
        note("is asked to stop")
        site = nil
        for farewell in farewells { farewell() }
        farewells = []
    }

    /// Calls `body` when the life ends.
    package func atEnd(_ body: @escaping () -> Void) { if isOver { body() } else { mourners.append(body) } }

    /// Kill -9. By what it was doing, if it was struck then.
    package func end(_ why: String) {
        guard !isOver else { return }
        isOver = true
        note("dies: \(why)")
        for mourner in mourners { mourner() }
        mourners = []
        for number in tasks.keys.sorted() { tasks[number]?.cancel() }
    }

    /// A moment at which it may die. Whether it still lives.
    package func survives(_ what: @autoclosure () -> String) -> Bool {
        if !isOver, simulation.strikes(.crash) { end(what()) }
        return !isOver
    }

    package func note(_ what: @autoclosure () -> String) { simulation.note(name, what()) }
}

/// A program that is started again whenever it has died.
///
/// Safety: `@unchecked Sendable` because the simulation has one thread.
package final class SimulatedProgram: @unchecked Sendable {
    private let name: String
    private let simulation: Simulation
    private let main: @Sendable (Life) async throws -> Void
    private var life: Life?

    /// - Parameter main: puts the program together and runs it until it is asked to stop, or its task is cancelled.
    package init(_ name: String, in simulation: Simulation, _ main: @escaping @Sendable (Life) async throws -> Void) {
        (self.name, self.simulation, self.main) = (name, simulation, main)
    }

    package func kill() { life?.end("kill -9") }
    package func stop() { life?.stop() }

    /// Until the task is cancelled.
    package func run() async throws {
        for number in 1... {
            let life = Life("\(name)-\(number)", in: simulation)
            self.life = life
            life.note("starts")
            let failure = await live(life)
            if Task.isCancelled { return }
            if !life.isOver, let failure { throw failure }
            life.end("has ended")
            guard (try? await simulation.sleep(simulation.pause(1...3_000))) != nil else { return }
        }
    }

    private func live(_ life: Life) async -> (any Error)? {
        let outcome = Lock<(any Error)?>(nil)
        let task = life.start { [main] in
            do { try await main(life) } catch { outcome.withLock { $0 = error } }
        }
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            life.end("the world ends")
        }
        return outcome.withLock(\.self)
    }

    /// What a client gets: an answer; else nobody knows whether the request was carried out.
    package func ask(
        within limit: Duration = .seconds(5), _ send: @escaping @Sendable (TestSite) async throws -> TestResponse
    ) async throws -> TestResponse {
        try await simulation.dawdle()
        guard let life, let site = life.site, !life.isOver else { throw NoAnswer(why: "connection refused") }
        if simulation.strikes(.requestLost) { throw NoAnswer(why: "the request is lost") }
        let (answers, answer) = AsyncStream<TestResponse>.makeStream()
        let task = life.start { if let response = try? await send(site) { answer.yield(response) } }
        life.atEnd { answer.finish() }
        let response = await withTaskGroup(of: TestResponse?.self) { [simulation] group in
            group.addTask { await answers.first { _ in true } }
            group.addTask {
                try? await simulation.sleep(limit)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        guard let response else {
            task.cancel()  // as the server does when its client hangs up
            throw NoAnswer(why: life.isOver ? "connection reset" : "nothing within \(limit)")
        }
        if simulation.strikes(.answerLost) { throw NoAnswer(why: "the answer \(response.status) is lost") }
        return response
    }
}

package struct NoAnswer: Error, CustomStringConvertible {
    package let why: String
    package var description: String { why }
}
