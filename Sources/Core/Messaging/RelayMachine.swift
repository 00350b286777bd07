package import TradewindDomain

/// Decides what the relay sends next and what becomes of it. No database, no broker, no clock.
///
/// An event that the broker refuses holds up the later events of its key, and no other: they are passed over until the
/// key's time has come again.
package struct RelayMachine {
    package struct Row: Sendable {
        package let position: Int64
        package let event: Envelope
        /// How often it was refused, since it was written or somebody set it back.
        package let refusals: Int

        package init(position: Int64, event: Envelope, refusals: Int) {
            (self.position, self.event, self.refusals) = (position, event, refusals)
        }
    }

    package struct Settlement: Hashable, Sendable {
        package var done: [Int64] = []
        package var refused: [Refused] = []
        /// Why the broker was not there, when it was not.
        package var outage: String?
        package struct Refused: Hashable, Sendable { package let position: Int64, reason: String }
    }

    private struct Hold { var position: Int64, until: Timestamp, pause: Duration }
    private var holds: [String: Hold] = [:]
    private var outages = 0
    private var rowsInHand: [Int64: Row] = [:]
    /// The last row that was looked at, and whether one up to it waits that is not in hand.
    private var last = Int64.min
    private var isAnyLeftBehind = true

    package static let shortest = Duration.milliseconds(100), longest = Duration.seconds(30)

    package init() {}

    /// The rows that may be sent now. What was chosen must be settled before the next choice.
    package mutating func choose(from rows: [Row], at now: Timestamp) -> [Row] {
        if let end = rows.last?.position { last = max(last, end) }
        if holds.isEmpty { return rows }
        return rows.filter { row in
            guard let hold = holds[row.event.key] else { return true }
            // Somebody wants the event that holds up the others to be tried at once.
            if row.position == hold.position, row.refusals == 0 { holds[row.event.key] = nil }
            return holds[row.event.key].map { $0.until <= now } ?? true
        }
    }

    /// Behind which row to look for those that may be sent. With thousands in hand it would be long work to pass them
    /// over each time that one more is written.
    ///
    /// - Parameter isInOrder: whether rows are numbered in the order of their commits. Else one may appear before those
    ///   that were seen already.
    package mutating func lookOn(isInOrder: Bool) -> Int64 {
        if isAnyLeftBehind || !isInOrder { last = .min }
        isAnyLeftBehind = !holds.isEmpty
        return last
    }

    /// What the publisher has taken and not yet acknowledged.
    package func inHand(behind position: Int64) -> [Int64] { rowsInHand.keys.filter { $0 > position } }
    package var inHandCount: Int { rowsInHand.count }

    /// What was in hand is acknowledged.
    package mutating func settle(late positions: [Int64], at now: Timestamp) -> Settlement {
        let rows = positions.compactMap { rowsInHand.removeValue(forKey: $0) }
        return rows.isEmpty ? Settlement() : settle(rows, rows.map { _ in .acknowledged }, at: now)
    }

    package mutating func settle(_ rows: [Row], _ results: [PublishResult], at now: Timestamp) -> Settlement {
        var settlement = Settlement()
        var refusedKeys: Set<String> = []
        // A publisher that answers less than it was asked has not acknowledged the rest.
        for (row, result) in zip(rows, results) {
            switch result {
            case .acknowledged:
                settlement.done.append(row.position)
                if !holds.isEmpty, !refusedKeys.contains(row.event.key) { holds[row.event.key] = nil }
            case .inHand: rowsInHand[row.position] = row
            case .refused(let reason):
                guard refusedKeys.insert(row.event.key).inserted else { continue }
                settlement.refused.append(.init(position: row.position, reason: reason))
                hold(row, at: now)
            case .unavailable(let reason):
                settlement.outage = settlement.outage ?? reason
            }
        }
        if rows.count > results.count { settlement.outage = settlement.outage ?? "fewer answers than events" }
        outages = settlement.outage == nil ? 0 : outages + 1
        if settlement.outage != nil || !settlement.refused.isEmpty { isAnyLeftBehind = true }
        return settlement
    }

    private mutating func hold(_ row: Row, at now: Timestamp) {
        let pause = holds[row.event.key].map { min($0.pause * 2, Self.longest) } ?? Self.shortest
        holds[row.event.key] = Hold(position: row.position, until: now + pause, pause: pause)
    }

    package mutating func failed() {
        outages += 1
        isAnyLeftBehind = true
    }

    package mutating func succeeded() { outages = 0 }

    /// How long everything rests after so many rounds in vain; nil when the last one was good.
    package var rest: Duration? {
        outages == 0 ? nil : min(Self.shortest * (1 << min(outages - 1, 10)), .seconds(5))
    }
}
