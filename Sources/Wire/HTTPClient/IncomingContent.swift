package import TradewindHTTP

/// How much of a response's content is still to come, and where it ends. Pure: fed from a buffer.
package struct IncomingContent {
    private enum Rest {
        case length(Int)
        case chunked(ChunkedDecoder)
        case untilClose
        case nothing
    }
    private var rest: Rest
    /// As the head announced it; nil when only its end will tell.
    package let length: Int?

    package init(_ framing: BodyFraming) {
        switch framing {
        case .none: (rest, length) = (.nothing, 0)
        case .length(let count): (rest, length) = (.length(count), count)
        case .chunked: (rest, length) = (.chunked(ChunkedDecoder()), nil)
        case .untilClose: (rest, length) = (.untilClose, nil)
        }
    }

    package var isComplete: Bool {
        if case .nothing = rest { true } else { false }
    }

    /// The peer closed. False when that came before the end of the content.
    package mutating func end() -> Bool {
        guard case .untilClose = rest else { return isComplete }
        rest = .nothing
        return true
    }

    /// Moves content from `received` to `bytes` until that holds `limit`, and returns how many bytes of `received` are
    /// done with.
    package mutating func take(
        from received: Span<UInt8>, upTo limit: Int, into bytes: inout [UInt8]
    ) throws(Rejection) -> Int {
        let room = max(0, limit - bytes.count)
        switch rest {
        case .nothing: return 0
        case .untilClose:
            let count = min(received.count, room)
            bytes.append(copying: received.extracting(first: count))
            return count
        case .length(let missing):
            let count = min(missing, received.count, room)
            bytes.append(copying: received.extracting(first: count))
            rest = count == missing ? .nothing : .length(missing - count)
            return count
        case .chunked(let decoder):
            return try take(from: received, upTo: limit, into: &bytes, decoder)
        }
    }

    private mutating func take(
        from received: Span<UInt8>, upTo limit: Int, into bytes: inout [UInt8], _ decoder: ChunkedDecoder
    ) throws(Rejection) -> Int {
        var decoder = decoder, used = 0
        while used < received.count, bytes.count < limit {
            // No more than there is room for: the decoder counts as consumed what it announces.
            let piece = received.extracting(droppingFirst: used).extracting(first: limit - bytes.count)
            switch decoder.next(piece) {
            case .data(let range):
                bytes.append(copying: piece.extracting(range))
                used += range.upperBound
            case .needMore: used += piece.count
            case .end(let consumed):
                rest = .nothing
                return used + consumed
            case .reject(let rejection): throw Rejection(.badGateway, rejection.reason)
            }
        }
        rest = .chunked(decoder)
        return used
    }
}

extension [UInt8] {
    mutating func append(copying bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
