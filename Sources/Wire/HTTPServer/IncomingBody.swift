internal import TradewindHTTP
internal import TradewindReactor

/// How much of a request's body is still to come, and how to tell it from what follows. Pure: fed from a buffer.
struct IncomingBody {
    private enum Framing {
        case length(remaining: Int)
        case chunked(ChunkedDecoder)
        case complete
    }
    private var framing: Framing
    /// As the head announced it; nil for chunks.
    let length: Int?
    /// The client waits for a 100 before it sends (RFC 9110 §10.1.1).
    var owesContinue: Bool
    /// Coded content that must be decoded before a handler can read it as what it is.
    let isGzipped: Bool
    /// How long the client has kept us waiting for it so far.
    var waited = Duration.zero
    private var received = 0

    static let none = IncomingBody(framing: .complete, length: 0, owesContinue: false, isGzipped: false)

    private init(framing: Framing, length: Int?, owesContinue: Bool, isGzipped: Bool) {
        (self.framing, self.length) = (framing, length)
        (self.owesContinue, self.isGzipped) = (owesContinue, isGzipped)
    }

    init(_ head: RequestHead) {
        switch head.framing {
        case .length(let count): (framing, length) = (.length(remaining: count), count)
        case .chunked: (framing, length) = (.chunked(ChunkedDecoder()), nil)
        case .none, .untilClose: (self) = .none; return
        }
        owesContinue = head.expectsContinue
        isGzipped = head.has(.contentEncoding, token: "gzip")
    }

    var isComplete: Bool {
        if case .complete = framing { true } else { false }
    }

    /// How many bytes are missing at most, when that is known.
    var remaining: Int? {
        switch framing {
        case .complete: 0
        case .length(let remaining): remaining
        case .chunked: nil
        }
    }

    /// How much longer the client may keep us waiting: the grace, and a second for each `bodyBytesPerSecond` received.
    func patience(_ limits: ServerLimits) -> Duration {
        let earned = Duration.seconds(Double(received) / Double(max(1, limits.bodyBytesPerSecond)))
        return max(.zero, limits.bodyGrace + earned - waited)
    }

    /// Moves what belongs to the body from `received` to `bytes`, up to `limit`, and returns how many bytes of
    /// `received` are done with.
    mutating func take(
        from received: Span<UInt8>, upTo limit: Int, into bytes: inout [UInt8]
    ) throws(BodyError) -> Int {
        let used = try move(from: received, upTo: limit, into: &bytes)
        self.received += used
        return used
    }

    private mutating func move(
        from received: Span<UInt8>, upTo limit: Int, into bytes: inout [UInt8]
    ) throws(BodyError) -> Int {
        switch framing {
        case .complete: return 0
        case .length(let remaining):
            let count = min(remaining, received.count, limit)
            bytes.append(received.extracting(first: count))
            framing = count == remaining ? .complete : .length(remaining: remaining - count)
            return count
        case .chunked(var decoder):
            var used = 0
            while used < received.count, bytes.count < limit {
                switch decoder.next(received.extracting(droppingFirst: used)) {
                case .data(let range):
                    bytes.append(received.extracting(used + range.lowerBound..<used + range.upperBound))
                    used += range.upperBound
                case .needMore: used = received.count
                case .end(let consumed):
                    framing = .complete
                    return used + consumed
                case .reject: throw .malformed
                }
            }
            framing = .chunked(decoder)
            return used
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
