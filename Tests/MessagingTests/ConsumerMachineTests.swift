import Testing
import TradewindDomain
import TradewindMessaging

/// A world that answers the machine by chance: handlers succeed and fail in any order, lanes leave, everything may be
/// stopped. From a seed, so that a failure can be seen again.
private struct World {
    typealias Machine = ConsumerMachine
    var machine: ConsumerMachine
    let limits: ConsumerMachine.Limits
    var chance: SplitMix
    var running: [Place: Delivery] = [:]
    var resting: [Place] = []
    var burying: [Place] = []
    var isAsked = false
    var isHeld = false
    var isFinished = false
    var released: Set<Lane> = []
    var next: [Lane: UInt128] = [:]
    var settled: [Place] = []
    var buried: Set<Place> = []
    var unburied: Set<Place> = []
    /// By lane and key: the last position that was settled or buried.
    var done: [String: UInt128] = [:]
    var faults: [String] = []

    init(seed: UInt64) {
        chance = SplitMix(state: seed)
        var limits = ConsumerMachine.Limits()
        (limits.concurrency, limits.held, limits.attempts) = (4, 20, 3)
        (self.limits, machine) = (limits, ConsumerMachine(limits))
    }

    mutating func tell(_ event: ConsumerMachine.Event) {
        for action in machine.handle(event) {
            switch action {
            case .askForMore:
                if isAsked { faults.append("asked twice") }
                isAsked = true
            case .hold(let isHeld):
                if self.isHeld == isHeld { faults.append("said twice") }
                self.isHeld = isHeld
            case .handle(let delivery, let attempt):
                begin(delivery)
                // A dead letter that could not be written gives it another.
                if attempt > limits.attempts, !unburied.contains(delivery.place) {
                    faults.append("\(delivery.place) was tried \(attempt) times")
                }
            case .rest(let place, _): resting.append(place)
            case .bury(let delivery, _, _): burying.append(delivery.place)
            case .settle(let place): settled.append(place)
            case .release(let lanes): released.formUnion(lanes)
            case .cancel: break
            case .finish:
                if isFinished { faults.append("finished twice") }
                isFinished = true
            }
        }
    }

    private mutating func begin(_ delivery: Delivery) {
        let line = "\(delivery.place.lane) \(delivery.key)"
        if running[delivery.place] != nil { faults.append("\(delivery.place) is handled twice at once") }
        if running.values.contains(where: { $0.key == delivery.key && $0.topic == delivery.topic && !$0.key.isEmpty }) {
            faults.append("two of \(line) at once")
        }
        if let last = done[line], last >= delivery.place.position, !delivery.key.isEmpty {
            faults.append("\(delivery.place) comes after \(last)")
        }
        if released.contains(delivery.place.lane) { faults.append("\(delivery.place) is no longer ours") }
        running[delivery.place] = delivery
        if running.count > limits.concurrency { faults.append("\(running.count) at once") }
    }

    mutating func step() {
        switch chance.below(10) {
        case 0...2 where isAsked && !isHeld: deliver()
        case 3...6: handled()
        case 7: if let place = resting.popLast() { tell(.rested(place)) }
        case 8: if let place = burying.popLast() { bury(place) }
        default: rare()
        }
        if machine.held > limits.held + 5 { faults.append("\(machine.held) held") }
    }

    private mutating func deliver() {
        isAsked = false
        let lane = Lane("t", chance.below(3))
        guard !released.contains(lane) else { return tell(.delivered([])) }
        let deliveries = (0..<chance.below(5) + 1).map { _ in
            let position = next[lane, default: 0]
            next[lane] = position + 1
            // A key belongs to one lane.
            let key = ["", "a", "b", "c"][chance.below(4)]
            return Delivery(
                place: Place(lane, position), topic: "t", key: key.isEmpty ? "" : "\(key)\(lane.number)", body: [])
        }
        tell(.delivered(deliveries))
    }

    private mutating func handled() {
        guard !running.isEmpty else { return }
        let place = running.keys.sorted { "\($0)" < "\($1)" }[chance.below(running.count)]
        guard let delivery = running.removeValue(forKey: place) else { return }
        let verdicts: [Verdict] = [.handled, .handled, .handled, .failed("f"), .poison("p"), .outage("o")]
        let verdict = verdicts[chance.below(verdicts.count)]
        if verdict == .handled { done["\(place.lane) \(delivery.key)"] = place.position }
        tell(.handled(place, verdict))
    }

    private mutating func bury(_ place: Place) {
        if chance.below(3) == 0 {
            unburied.insert(place)
            return tell(.buried(place, BrokerFailure(.unavailable, "gone")))
        }
        buried.insert(place)
        tell(.buried(place, nil))
    }

    private mutating func rare() {
        switch chance.below(12) {
        case 0 where isAsked && released.count < 2:
            isAsked = false
            tell(.revoked([Lane("t", released.count)]))
        case 1: tell(.pause)
        case 2...6: tell(.resume)
        default: tell(.tick(.seconds(chance.below(100))))
        }
    }

    /// Brings everything to its end.
    mutating func end() {
        tell(.stop)
        for _ in 0..<1_000 where !isFinished {
            for place in running.keys { handledAtEnd(place) }
            for place in resting { tell(.rested(place)) }
            resting = []
            for place in burying { bury(place) }
            burying = burying.filter { !buried.contains($0) }
        }
        if !isFinished { faults.append("does not finish") }
        if machine.held > 0 { faults.append("\(machine.held) are still held") }
        if Set(settled).count != settled.count { faults.append("settled twice") }
    }

    private mutating func handledAtEnd(_ place: Place) {
        running[place] = nil
        tell(.handled(place, .handled))
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}

@Suite struct `A consumer decides` {
    @Test func `so that order, limits and every message are kept, whatever happens`() {
        for seed in 0..<1_000 as Range<UInt64> {
            var world = World(seed: seed)
            world.tell(.tick(.zero))
            for _ in 0..<150 { world.step() }
            world.end()
            #expect(world.faults.isEmpty, "seed \(seed): \(world.faults)")
            if !world.faults.isEmpty { return }
        }
    }

    @Test func `to let lanes go only when nothing of them is in hand`() {
        var machine = ConsumerMachine()
        let (first, second) = (Place(Lane("t", 0), 1), Place(Lane("t", 0), 2))
        let deliver = { (place: Place) in Delivery(place: place, topic: "t", key: "k", body: []) }
        _ = machine.handle(.delivered([deliver(first), deliver(second)]))
        #expect(
            machine.handle(.revoked([Lane("t", 0)])).contains { if case .release = $0 { true } else { false } } == false
        )
        #expect(machine.held == 1)
        let actions = machine.handle(.handled(first, .handled))
        #expect(actions.contains { if case .settle(first) = $0 { true } else { false } })
        #expect(actions.contains { if case .release([Lane("t", 0)]) = $0 { true } else { false } })
    }

    @Test func `to cancel what takes too long, and nothing else`() {
        var limits = ConsumerMachine.Limits()
        limits.timeout = .seconds(30)
        var machine = ConsumerMachine(limits)
        let place = Place(Lane("t", 0), 1)
        _ = machine.handle(.tick(.seconds(100)))
        _ = machine.handle(.delivered([Delivery(place: place, topic: "t", key: "k", body: [])]))
        let cancels = { (actions: [ConsumerMachine.Action]) in
            actions.contains { if case .cancel(place) = $0 { true } else { false } }
        }
        #expect(!cancels(machine.handle(.tick(.seconds(130)))))
        #expect(cancels(machine.handle(.tick(.seconds(131)))))
    }

    @Test func `to ask for no more than it may hold`() {
        var limits = ConsumerMachine.Limits()
        limits.held = 2
        var machine = ConsumerMachine(limits)
        let holds = { (actions: [ConsumerMachine.Action]) in
            actions.compactMap { if case .hold(let isHeld) = $0 { isHeld } else { nil } }
        }
        #expect(holds(machine.handle(.tick(.zero))) == [])
        let deliveries = (1...2).map { Delivery(place: Place(Lane("t", 0), $0), topic: "t", key: "k", body: []) }
        #expect(holds(machine.handle(.delivered(deliveries))) == [true])
        #expect(holds(machine.handle(.handled(deliveries[0].place, .handled))) == [false])
        #expect(holds(machine.handle(.pause)) == [true])
        #expect(holds(machine.handle(.resume)) == [false])
    }

    @Test func `to hear of lanes that go, also while it is paused`() {
        var machine = ConsumerMachine()
        let asks = { (actions: [ConsumerMachine.Action]) in
            actions.contains { if case .askForMore = $0 { true } else { false } }
        }
        #expect(asks(machine.handle(.pause)))
        let actions = machine.handle(.revoked([Lane("t", 0)]))
        #expect(actions.contains { if case .release([Lane("t", 0)]) = $0 { true } else { false } } && asks(actions))
    }
}
