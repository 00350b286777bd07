import Testing
import TradewindRuntime
import TradewindTesting

@Suite(.timeLimit(.minutes(1))) struct `A group of services` {
    private let diary = Diary()
    private let clock = ManualClock()
    private let readiness = Readiness()
    private let halts = Counter()

    private func group(_ parts: Part...) -> ServiceGroup {
        ServiceGroup(
            parts, readiness: readiness, drain: .seconds(10), cancelGrace: .seconds(1), clock: clock,
            report: diary.note, halt: halts.increment)
    }

    @Test func `starts in order and stops in reverse`() async throws {
        let group = group(.polite("pool"), .polite("relay"), .polite("server"))
        #expect(readiness.status == .starting)
        async let end: Void = group.run()
        await diary.wait(for: .ready)
        #expect(readiness.status == .ready)
        group.stop()
        try await end
        #expect(readiness.status == .draining)
        #expect(
            diary.all == [
                .started("pool"), .started("relay"), .started("server"), .ready,
                .stopping("server"), .stopped("server"), .stopping("relay"), .stopped("relay"),
                .stopping("pool"), .stopped("pool"),
            ])
    }

    @Test func `lets a part begin only when the one before it has started`() async throws {
        let gate = AsyncStream<Void>.makeStream()
        let begun = Counter()
        let group = group(
            Part("pool") { life in
                for await _ in gate.stream {}
                #expect(begun.value == 0)
                life.started()
                await life.stopRequested()
            },
            Part("server") { life in
                begun.increment()
                life.started()
                await life.stopRequested()
            })
        async let end: Void = group.run()
        gate.continuation.finish()
        await diary.wait(for: .ready)
        #expect(begun.value == 1)
        group.stop()
        try await end
    }

    @Test func `waits for the work of a part before it stops the one below`() async throws {
        let poolStops = Counter()
        let group = group(
            Part("pool") { life in
                life.started()
                await life.stopRequested()
                poolStops.increment()
            },
            Part("server") { life in
                life.started()
                await life.stopRequested()
                #expect(life.isStopping)
                for _ in 0..<100 { await Task.yield() }
                #expect(poolStops.value == 0)
            })
        async let end: Void = group.run()
        await diary.wait(for: .ready)
        group.stop()
        try await end
    }

    @Test func `ends loudly when a part returns by itself`() async {
        let group = group(
            .polite("pool"),
            Part("relay") { life in life.started() },
            .polite("server"))
        let failure = await #expect(throws: ServiceFailure.self) { try await group.run() }
        #expect(failure?.lines == ["relay ended though nobody had asked it to"])
        #expect(failure?.exitCode.rawValue == 70)
        #expect(diary.all.last == .stopped("pool"))
    }

    @Test func `ends loudly when a part throws while it runs`() async {
        let group = group(
            .polite("pool"),
            Part("relay") { life in
                life.started()
                throw Broken()
            })
        let failure = await #expect(throws: ServiceFailure.self) { try await group.run() }
        #expect(failure?.lines == ["relay failed: the disk is on fire"])
    }

    @Test func `starts nothing after a part that could not start, and stops what had started`() async {
        let group = group(.polite("pool"), Part("relay") { _ in throw Broken() }, .polite("server"))
        let failure = await #expect(throws: ServiceFailure.self) { try await group.run() }
        #expect(failure?.lines == ["relay could not start: the disk is on fire"])
        #expect(diary.all == [.started("pool"), .stopped("relay"), .stopping("pool"), .stopped("pool")])
        #expect(readiness.status == .draining)
    }

    @Test func `takes the exit code of the cause when it names one`() async {
        let group = group(Part("server") { _ in throw ConfigError(lines: ["HOST: is no address", "PORT: is taken"]) })
        let failure = await #expect(throws: ServiceFailure.self) { try await group.run() }
        #expect(failure?.lines == ["server could not start: HOST: is no address; PORT: is taken"])
        #expect(failure?.exitCode == .configuration)
    }

    @Test func `tells the cause first and what went wrong afterwards next`() async {
        let group = group(
            Part("pool") { life in
                life.started()
                await life.stopRequested()
                throw Broken()
            },
            Part("server") { life in life.started() })
        let failure = await #expect(throws: ServiceFailure.self) { try await group.run() }
        #expect(
            failure?.lines == [
                "server ended though nobody had asked it to", "pool failed while stopping: the disk is on fire",
            ])
    }

    @Test func `stops during the start without beginning the rest`() async throws {
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let group = group(
            Part("pool") { life in
                begin.finish()
                await life.stopRequested()
            },
            .polite("server"))
        async let end: Void = group.run()
        for await _ in begun {}
        group.stop()
        try await end
        #expect(diary.all == [.stopping("pool"), .stopped("pool")])
    }

    @Test func `begins nothing when it was stopped before it ran`() async throws {
        let group = group(.polite("pool"))
        group.stop()
        try await group.run()
        #expect(diary.all == [])
    }

    @Test func `stops when the task that runs it is cancelled`() async throws {
        let group = group(.polite("pool"), .polite("server"))
        let running = Task { try await group.run() }
        await diary.wait(for: .ready)
        running.cancel()
        try await running.value
        #expect(diary.all.last == .stopped("pool"))
    }

    @Test func `cancels what has not ended when the time to drain is over, and calls that a clean end`() async throws {
        let group = group(.polite("pool"), .stubborn("server"))
        async let end: Void = group.run()
        await diary.wait(for: .ready)
        group.stop()
        await clock.sleepers(1)
        clock.advance(by: .seconds(9))
        #expect(!diary.all.contains(.cancelled("server")))
        clock.advance(by: .seconds(1))
        try await end
        #expect(diary.all.contains(.cancelled("server")) && diary.all.contains(.stopped("server")))
    }

    @Test func `gives a part up that ignores even its cancellation`() async {
        let gate = AsyncStream<Void>.makeStream()
        defer { gate.continuation.finish() }
        let deaf = Task { for await _ in gate.stream {} }
        let group = group(
            .polite("pool"),
            Part("server") { life in
                life.started()
                await deaf.value
            })
        let end = Task { try await group.run() }
        await diary.wait(for: .ready)
        group.stop()
        await clock.sleepers(1)
        clock.advance(by: .seconds(10))
        await diary.wait(for: .stopped("pool"))
        await clock.sleepers(1)
        clock.advance(by: .seconds(1))
        let failure = await #expect(throws: ServiceFailure.self) { try await end.value }
        #expect(failure?.lines == ["server did not end when it was cancelled"])
    }

    @Test func `halts the process at once when it is asked to stop a second time`() async throws {
        let group = group(.stubborn("server"))
        async let end: Void = group.run()
        await diary.wait(for: .ready)
        group.stop()
        #expect(halts.value == 0)
        group.stop()
        #expect(halts.value == 1)
        await clock.sleepers(1)
        clock.advance(by: .seconds(10))
        try await end
    }

    @Test func `without parts runs until it is stopped`() async throws {
        let group = group()
        async let end: Void = group.run()
        await diary.wait(for: .ready)
        group.stop()
        try await end
    }
}
