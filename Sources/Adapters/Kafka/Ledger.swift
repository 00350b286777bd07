internal import TradewindMessaging

/// What the callers of `publish` wait for. No broker, no clock: tickets out, answers in.
///
/// A ticket names an event by its call and its place there. It travels through librdkafka as the message's opaque.
struct Ledger {
    struct Ticket: Hashable {
        let call: UInt32, index: UInt32

        init(call: UInt32, index: Int) { (self.call, self.index) = (call, UInt32(truncatingIfNeeded: index)) }

        /// Never 0, for calls count from 1.
        var bits: UInt { UInt(call) << 32 | UInt(index) }

        init(bits: UInt) {
            (call, index) = (UInt32(truncatingIfNeeded: bits >> 32), UInt32(truncatingIfNeeded: bits))
        }
    }

    typealias Answer = CheckedContinuation<[PublishResult], Never>

    private struct Call {
        var results: [PublishResult]
        var open: Int
        var waiting: Answer?
        var isLost = false
    }

    private var calls: [UInt32: Call] = [:]
    private var last: UInt32 = 0
    /// Sent and not answered, of all calls.
    private(set) var outstanding = 0

    mutating func begin(_ count: Int) -> UInt32 {
        repeat { last &+= 1 } while last == 0 || calls[last] != nil
        calls[last] = Call(results: Array(repeating: .acknowledged, count: count), open: count)
        return last
    }

    mutating func sent() { outstanding += 1 }
    mutating func notSent() { outstanding -= 1 }

    /// The broker went away during this call.
    func isLost(_ call: UInt32) -> Bool { calls[call]?.isLost ?? true }

    /// An answer for one that was sent; who is to be told when it was the last of its call.
    mutating func answered(_ ticket: Ticket, _ result: PublishResult) -> (Answer, [PublishResult])? {
        outstanding -= 1
        return settle(ticket, result)
    }

    mutating func settle(_ ticket: Ticket, _ result: PublishResult) -> (Answer, [PublishResult])? {
        let index = Int(ticket.index)
        guard calls[ticket.call] != nil, calls[ticket.call]?.results.indices.contains(index) == true else { return nil }
        if result != .acknowledged {
            calls[ticket.call]?.results[index] = result
            if case .unavailable = result { calls[ticket.call]?.isLost = true }
        }
        calls[ticket.call]?.open -= 1
        guard let call = calls[ticket.call], call.open == 0, let waiting = call.waiting else { return nil }
        calls[ticket.call] = nil
        return (waiting, call.results)
    }

    /// Nil when there is nothing more to wait for: then the results.
    mutating func wait(_ call: UInt32, _ answer: Answer) -> [PublishResult]? {
        guard let state = calls[call] else { return [] }
        if state.open == 0 {
            calls[call] = nil
            return state.results
        }
        calls[call]?.waiting = answer
        return nil
    }
}
