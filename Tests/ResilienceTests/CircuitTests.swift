import Testing
import TradewindDomain
import TradewindResilience
import TradewindTesting

@Suite struct `A circuit` {
    private struct Failed: Error {}
    private struct Wrong: Error {}

    private func machine(_ outcomes: [Bool]) -> CircuitMachine {
        var machine = CircuitMachine()
        for failed in outcomes where machine.mayCall(at: .zero) { machine.ended(failed: failed, at: .zero) }
        return machine
    }

    @Test(arguments: [
        ([true, true, true, true], CircuitMachine.State.closed), ([true, true, true, true, true], .open),
        ([false, false, true, true, true], .open), ([false, false, false, true, true], .closed),
        (Array(repeating: false, count: 20) + Array(repeating: true, count: 9), .closed),
        (Array(repeating: false, count: 20) + Array(repeating: true, count: 10), .open),
    ]) func `opens when half of the last calls failed, and enough were made`(
        outcomes: [Bool], state: CircuitMachine.State
    ) {
        #expect(machine(outcomes).state == state)
    }

    @Test func `lets nobody through until its pause is over, and then a few`() {
        var open = machine(Array(repeating: true, count: 5))
        let early = open.mayCall(at: .milliseconds(999))
        #expect(!early && open.wait(at: .milliseconds(999)) == .milliseconds(1))
        let probes = (1...5).map { _ in open.mayCall(at: .seconds(1)) }
        #expect(probes == [true, true, true, false, false] && open.state == .halfOpen)
        for _ in 1...3 { open.ended(failed: false, at: .seconds(1)) }
        #expect(open.state == .closed)
    }

    @Test func `stays open twice as long after a probe that failed`() {
        var open = machine(Array(repeating: true, count: 5))
        var (now, waits) = (Duration.zero, [Duration]())
        for _ in 1...7 {
            let wait = open.wait(at: now) ?? .zero
            waits.append(wait)
            now += wait
            _ = open.mayCall(at: now)
            open.ended(failed: true, at: now)
        }
        #expect(waits == [1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
    }

    @Test func `tells a failure of the called from a mistake of the caller`() async throws {
        let circuit = Circuit(clockwork: .manual())
        for _ in 1...10 {
            await #expect(throws: Wrong.self) { try await circuit(isFailure: { $0 is Failed }) { throw Wrong() } }
        }
        #expect(circuit.state == .closed)
        for _ in 1...10 { try? await circuit(isFailure: { $0 is Failed }) { throw Failed() } }
        #expect(circuit.state == .open)
        let refused = await #expect(throws: Circuit.Open.self) { try await circuit { Issue.record("was called") } }
        #expect(refused?.retryAfter == .seconds(1))
    }
}
