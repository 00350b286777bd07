internal import CLinux
internal import Glibc

/// A moment on the machine's monotonic clock. Loops read the clock once per turn and share the answer.
package struct Instant: Comparable, Hashable, Sendable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static let distantFuture = Instant(nanoseconds: .max)

    package static func now() -> Instant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Saturates at the distant future, so that an endless timeout needs no special case.
    package static func + (instant: Instant, duration: Duration) -> Instant {
        instant + Timeout(duration)
    }

    package static func + (instant: Instant, timeout: Timeout) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(timeout.nanoseconds)
        return overflow ? .distantFuture : Instant(nanoseconds: sum)
    }

    package static func - (later: Instant, earlier: Instant) -> Duration {
        .nanoseconds(later.nanoseconds - earlier.nanoseconds)
    }

    package static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
}

/// A duration as a number of nanoseconds. `Duration` counts attoseconds in 128 bits, whose division a hot path would
/// feel.
package struct Timeout: Sendable {
    let nanoseconds: Int64
    package init(_ duration: Duration) { nanoseconds = duration.wholeNanoseconds }
}

/// Nanoseconds since 1970, for the Date header, ids and logs.
package func wallClock() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

extension Duration {
    /// Saturating: the longest expressible wait is 292 years.
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }
}
