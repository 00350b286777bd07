internal import TradewindDomain
internal import TradewindLocks

/// How far something is, on one line of a terminal that is drawn again and again.
final class ProgressBar: Sendable {
    private let title: String
    private let total: Int
    private let clockwork: Clockwork
    private let draw: @Sendable (String) -> Void
    private let state: Lock<(done: Int, drawn: Duration)>
    private let start: Duration

    private static let width = 30
    private static let pause = Duration.milliseconds(50)

    /// - Parameter draw: puts the line in the place of the one before.
    init(_ title: String, of total: Int, clockwork: Clockwork, draw: @escaping @Sendable (String) -> Void) {
        (self.title, self.total, self.clockwork, self.draw) = (title, max(total, 1), clockwork, draw)
        start = clockwork.uptime()
        state = Lock((0, start))
        draw(line(0, at: start))
    }

    func add(_ count: Int) {
        let now = clockwork.uptime()
        let done: Int? = state.withLock { state in
            state.done += count
            guard now - state.drawn >= Self.pause || state.done >= total else { return nil }
            state.drawn = now
            return state.done
        }
        if let done { draw(line(done, at: now)) }
    }

    private func line(_ done: Int, at now: Duration) -> String {
        let full = min(done, total) * Self.width / total
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: Self.width - full)
        let seconds = (now - start) / Duration.seconds(1)
        let speed = seconds > 0 ? ", \(Int(Double(done) / seconds).grouped) a second" : ""
        return "\(title.padded(to: 10)) \(bar) \(done.grouped) of \(total.grouped)\(speed)"
    }
}

extension Int {
    /// `1,234,567`
    var grouped: String {
        var text = ""
        for (index, digit) in String(magnitude).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (self < 0 ? "-" : "") + String(text.reversed())
    }
}
