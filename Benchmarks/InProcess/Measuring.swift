/// Two ways to do the same, measured in turns, so that a busy machine disturbs both alike.
struct Comparison {
    let name: String
    var rounds = 5
    /// How long each side runs in each round.
    var share = Duration.milliseconds(400)

    /// Prints one line: the medians of nanoseconds per call, and how many times faster `ours` is.
    func run(ours: () throws -> Void, theirs: () throws -> Void) rethrows {
        var (oursTimes, theirsTimes): ([Double], [Double]) = ([], [])
        for _ in 0..<rounds {
            oursTimes.append(try measure(ours))
            theirsTimes.append(try measure(theirs))
        }
        let (one, other) = (median(oursTimes), median(theirsTimes))
        print("\(name) ours_ns=\(rounded(one)) theirs_ns=\(rounded(other)) ratio=\(rounded(other / one))")
    }

    private func measure(_ body: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        var (calls, elapsed) = (0, Duration.zero)
        repeat {
            for _ in 0..<500 { try body() }
            calls += 500
            elapsed = clock.now - start
        } while elapsed < share
        return elapsed / .nanoseconds(1) / Double(calls)
    }

    private func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }
    private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

/// Takes a result so that the optimiser cannot drop the work for it.
@inline(never)
func consume<T>(_ value: T) {}
