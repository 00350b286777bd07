import Testing
import TradewindRuntime

@Suite(.timeLimit(.minutes(1))) struct `The readiness of a program` {
    /// Runs a group of no parts around the question, so that the phase is "running".
    private func whileRunning(_ readiness: Readiness, _ ask: () -> Void) async throws {
        let diary = Diary()
        let group = ServiceGroup([], readiness: readiness, report: diary.note, halt: {})
        async let end: Void = group.run()
        await diary.wait(for: .ready)
        ask()
        group.stop()
        try await end
    }

    @Test func `names everything that is missing, in order, until it is there`() async throws {
        let readiness = Readiness()
        readiness.lacks("database", "connection refused")
        #expect(readiness.status == .starting)
        try await whileRunning(readiness) {
            readiness.lacks("broker", "timed out")
            readiness.lacks("broker", "no route")
            #expect(
                readiness.status
                    == .notReady([
                        .init(name: "broker", text: "no route"), .init(name: "database", text: "connection refused"),
                    ]))
            readiness.has("broker")
            readiness.has("broker")
            #expect(readiness.status == .notReady([.init(name: "database", text: "connection refused")]))
            readiness.has("database")
            #expect(readiness.status == .ready)
        }
        readiness.has("database")
        #expect(readiness.status == .draining)
    }
}
