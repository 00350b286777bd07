/// Decides whether to call somebody who has failed before. Of the last calls too many failed: then nobody calls for a
/// while, and after that a few try. Time is passed in.
package struct CircuitMachine: Sendable {
    package struct Settings: Sendable {
        /// The calls that are looked back at.
        package var window = 20
        /// Fewer than this say nothing.
        package var least = 5
        /// Of the window, failed: opens.
        package var ratio = 0.5
        /// How long nobody calls; doubled each time that the probes fail, up to `longest`.
        package var pause = Duration.seconds(1)
        package var longest = Duration.seconds(30)
        /// How many may try at a time while it is half open, and how many must succeed in a row to close it.
        package var probes = 3

        package init() {}
    }

    package enum State: String, CaseIterable, Sendable {
        case closed  // exits: open (too many failed)
        case open  // exits: halfOpen (the pause is over)
        case halfOpen = "half_open"  // exits: closed (all probes succeeded), open (one failed)
    }

    private let settings: Settings
    package private(set) var state = State.closed
    /// The last outcomes, true for a failure, written round and round.
    private var outcomes: [Bool] = []
    private var place = 0
    private var openUntil = Duration.zero
    private var pause: Duration
    private var probing = 0
    private var succeeded = 0

    package init(_ settings: Settings = Settings()) { (self.settings, pause) = (settings, settings.pause) }

    /// Whether to call now. Each yes must be followed by `ended`.
    package mutating func mayCall(at now: Duration) -> Bool {
        if state == .open, now >= openUntil { (state, probing, succeeded) = (.halfOpen, 0, 0) }
        switch state {
        case .closed: return true
        case .open: return false
        case .halfOpen:
            guard probing + succeeded < settings.probes else { return false }
            probing += 1
            return true
        }
    }

    package mutating func ended(failed: Bool, at now: Duration) {
        switch state {
        case .closed:
            note(failed)
            let failures = outcomes.count { $0 }
            if outcomes.count >= settings.least, Double(failures) >= settings.ratio * Double(outcomes.count) {
                open(at: now)
            }
        case .halfOpen:
            probing = max(0, probing - 1)
            if failed {
                pause = min(pause * 2, settings.longest)
                return open(at: now)
            }
            succeeded += 1
            if succeeded >= settings.probes { (state, pause, outcomes, place) = (.closed, settings.pause, [], 0) }
        case .open: break  // began before it opened
        }
    }

    /// When the next call may be tried; nil when now.
    package func wait(at now: Duration) -> Duration? { state == .open && now < openUntil ? openUntil - now : nil }

    private mutating func open(at now: Duration) {
        (state, openUntil, outcomes, place) = (.open, now + pause, [], 0)
    }

    private mutating func note(_ failed: Bool) {
        if outcomes.count < settings.window {
            outcomes.append(failed)
        } else {
            outcomes[place] = failed
            place = (place + 1) % settings.window
        }
    }
}
