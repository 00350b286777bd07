internal import TradewindHTTP
internal import TradewindReactor

/// The fields that every answer of a loop has, kept ready in one piece: only the date changes, once a second.
struct StandingFields {
    static let contentTypeOptions: StaticString = "\r\nX-Content-Type-Options: nosniff"
    static let frameOptions: StaticString = "\r\nX-Frame-Options: DENY"
    static let referrerPolicy: StaticString = "\r\nReferrer-Policy: no-referrer"

    private(set) var bytes: [UInt8] = []
    private(set) var date: [UInt8] = []
    private var validUntil = Instant(nanoseconds: 0)
    /// From the monotonic clock to the wall clock, taken anew with the date.
    private var wallOffset: Int64 = 0

    @inline(__always)
    mutating func refresh(at now: Instant) {
        if now >= validUntil { makeAnew(at: now) }
    }

    private mutating func makeAnew(at now: Instant) {
        let wall = wallClock()
        wallOffset = wall - now.nanoseconds
        validUntil = Instant(nanoseconds: now.nanoseconds + 1_000_000_000 - wall % 1_000_000_000)
        date = Array("\r\nDate: ".utf8) + HTTPDate.string(Int(wall / 1_000_000_000)).utf8
        bytes = date
        for field in [Self.contentTypeOptions, Self.frameOptions, Self.referrerPolicy] {
            bytes += Array(field.description.utf8)
        }
    }

    func milliseconds(at now: Instant) -> UInt64 { UInt64(max(0, (now.nanoseconds + wallOffset) / 1_000_000)) }
}
