import CZlib

package enum InflateError: Error, Equatable {
    /// More than this many bytes came out.
    case tooLarge(limit: Int)
    case corrupt
    /// The input ended before the stream did.
    case truncated
    /// The input went on after the stream had ended.
    case trailingData
    case outOfMemory
}

/// Decompresses a stream, never past its limit, whatever the ratio.
///
/// A gzip stream may consist of several members (RFC 1952 §2.2), which come out as one; the limit counts all of them.
package struct Inflater: ~Copyable, Sendable {
    package enum Progress: Sendable {
        /// All input is used up and all output given.
        case hungry
        /// The room is used up: there may be more output, call again even without input.
        case full
        /// As `hungry`, and the stream may end here.
        case ended
    }

    private var stream: ZStream
    private let format: CompressionFormat
    private let limit: Int
    private let isEndless: Bool
    private var produced = 0
    package private(set) var hasEnded = false

    /// - Parameters:
    ///   - limit: the most that may come out of the whole stream.
    ///   - windowBits: 8 to 15; a larger window reads whatever was written with a smaller one.
    ///   - isEndless: for a raw stream: after a block marked final more may follow, and may refer to what came before.
    package init(
        _ format: CompressionFormat, limit: Int = .max, windowBits: Int = 15, isEndless: Bool = false
    ) throws(InflateError) {
        (self.format, self.limit, self.isEndless) = (format, limit, isEndless)
        do {
            stream = try ZStream(inflating: format, windowBits: windowBits)
        } catch {
            throw .outOfMemory
        }
    }

    /// Reads `input` from `offset` on and appends at most `room` bytes to `output`.
    package mutating func inflate(
        _ input: Span<UInt8>, from offset: inout Int, into output: inout [UInt8], upTo room: Int = .max
    ) throws(InflateError) -> Progress {
        var room = room
        while true {
            if hasEnded {
                guard offset < input.count else { return .ended }
                try startSequel()
            }
            guard room > 0 else { return .full }
            let piece = min(room, pieceSize(input.count - offset, spare: output.capacity - output.count))
            let before = output.count
            let status = stream.step(input, from: &offset, into: &output, room: piece, flush: Z_SYNC_FLUSH)
            let gained = output.count - before
            (room, produced) = (room - gained, produced + gained)
            guard produced <= limit else { throw .tooLarge(limit: limit) }
            switch status {
            case Z_STREAM_END: hasEnded = true
            case Z_OK, Z_BUF_ERROR: if gained < piece, offset == input.count { return .hungry }
            case Z_MEM_ERROR: throw .outOfMemory
            default: throw .corrupt
            }
        }
    }

    /// To be called where the input ends.
    package func finish() throws(InflateError) {
        guard hasEnded else { throw .truncated }
    }

    /// Whether all input so far makes whole deflate blocks.
    package var isBetweenBlocks: Bool { hasEnded || stream.isBetweenBlocks }

    /// Forgets the stream under way and what it produced; the memory stays.
    package mutating func reset() {
        stream.reset()
        (produced, hasEnded) = (0, false)
    }

    private mutating func startSequel() throws(InflateError) {
        switch format {
        case .gzip: stream.reset()
        case .raw where isEndless: stream.resetKeepingWindow()
        case .raw, .zlib: throw .trailingData
        }
        hasEnded = false
    }

    /// What the output has free anyway, else four times the input; and one byte past the limit, to see it crossed.
    private func pieceSize(_ input: Int, spare: Int) -> Int {
        let guess = min(max(input, 32), 16 * 1024) * 4
        let left = limit - produced
        return min(max(spare, guess), left == .max ? left : left + 1)
    }
}
