/// A moment in UTC, to the microsecond: what databases keep. In text it is ISO 8601 with milliseconds.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Since 1970.
    package let microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }

    package var milliseconds: Int64 { microseconds.flooredQuotient(1_000) }

    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

    package static func + (moment: Timestamp, duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        let more = seconds.multipliedReportingOverflow(by: 1_000_000)
        let sum = moment.microseconds.addingReportingOverflow(more.partialValue)
        let whole = sum.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        guard !more.overflow, !sum.overflow, !whole.overflow else {
            return Timestamp(microseconds: seconds < 0 ? .min : .max)
        }
        return Timestamp(microseconds: whole.partialValue)
    }

    package static func - (moment: Timestamp, duration: Duration) -> Timestamp { moment + (.zero - duration) }

    package static func - (later: Timestamp, earlier: Timestamp) -> Duration {
        .microseconds(later.microseconds) - .microseconds(earlier.microseconds)
    }
}

extension Int64 {
    func flooredQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
