internal import Glibc

/// Two ways to do the same, in turns of a few hundred calls, so that whatever else the machine does disturbs both
/// alike; by the time that the thread had a processor, so that waiting for one does not count.
struct Comparison {
    let name: String
    var rounds = 5
    /// How many nanoseconds each side runs in each round.
    var share = 400_000_000.0

    /// Prints one line: the medians of nanoseconds per call, and of how many times faster `ours` is.
    func run(ours: () throws -> Void, theirs: () throws -> Void) rethrows {
        var (times, others, ratios): ([Double], [Double], [Double]) = ([], [], [])
        for _ in 0..<rounds {
            var (one, other, calls) = (0.0, 0.0, 0.0)
            while min(one, other) < share {
                one += try time(ours)
                other += try time(theirs)
                calls += Self.turn
            }
            times.append(one / calls)
            others.append(other / calls)
            ratios.append(other / one)
        }
        print("\(name) ours_ns=\(median(times)) theirs_ns=\(median(others)) ratio=\(median(ratios))")
    }

    private static let turn = 200.0

    private func time(_ body: () throws -> Void) rethrows -> Double {
        let start = processorTime()
        for _ in 0..<Int(Self.turn) { try body() }
        return processorTime() - start
    }
}

/// Nanoseconds that this thread had a processor.
func processorTime() -> Double {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

func median(_ values: [Double]) -> Double { (values.sorted()[values.count / 2] * 100).rounded() / 100 }

/// Takes a result so that the optimiser cannot drop the work for it.
@inline(never)
func consume<T>(_ value: T) {}
