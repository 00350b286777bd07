/// Cuts a head into lines, and refuses every byte that no line may hold. Remembers how far it has looked, so that a
/// head that comes a byte at a time is scanned once in total. What it answers depends on the bytes alone, never on how
/// they were cut: a line is judged only within its limit, whether or not more is there.
struct HeadLines {
    /// Where the line to be read starts, and up to where no line end was found.
    private(set) var start = 0
    private var scanned = 0

    /// The next line without its end, or nil when it has not fully arrived. With its end it must fit before `limit`.
    @inline(__always)
    mutating func next(in bytes: Span<UInt8>, limit: Int, tooLong: Rejection) throws(Rejection) -> Range<Int>? {
        let end = min(bytes.count, limit)
        let stop = bytes.firstControl(from: scanned, to: end)
        guard stop + 1 < end else {
            if stop < end, bytes[stop] != .carriageReturn { throw HeadLines.refusal(of: bytes[stop]) }
            if bytes.count >= limit { throw tooLong }
            scanned = stop
            return nil
        }
        guard bytes[stop] == .carriageReturn else { throw HeadLines.refusal(of: bytes[stop]) }
        // RFC 9112 §2.2: a bare CR or LF read as a line end by one party and not by another is how requests are
        // smuggled.
        guard bytes[stop + 1] == .lineFeed else { throw Rejection(.badRequest, "bare carriage return") }
        let line = start..<stop
        start = stop + 2
        scanned = start
        return line
    }

    private static func refusal(of byte: UInt8) -> Rejection {
        byte == .lineFeed
            ? Rejection(.badRequest, "bare line feed") : Rejection(.badRequest, "control byte in the head")
    }
}
