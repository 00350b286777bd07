import CZlib

/// Compresses a stream. One costs about 256 KiB at the default settings (2^(windowBits + 2) + 2^(memoryLevel + 9)), so
/// an event loop keeps one and uses it again and again.
package struct Deflater: ~Copyable, Sendable {
    package enum Flush: Sendable {
        /// Compresses as it likes: the best ratio, and output comes when it comes.
        case none
        /// What was put in so far can be read by the receiver: for streams that pause.
        case sync
        /// Ends the stream. The next call begins a new one.
        case finish

        fileprivate var code: CInt {
            switch self {
            case .none: Z_NO_FLUSH
            case .sync: Z_SYNC_FLUSH
            case .finish: Z_FINISH
            }
        }
    }

    package let windowBits: Int
    private var stream: ZStream
    private var hasFinished = false

    /// - Parameters:
    ///   - level: 0 (stored) to 9 (smallest).
    ///   - windowBits: 9 to 15. zlib has no raw stream of 8.
    ///   - memoryLevel: 1 to 9.
    package init(
        _ format: CompressionFormat, level: Int = 6, windowBits: Int = 15, memoryLevel: Int = 8
    ) throws(OutOfMemory) {
        self.windowBits = windowBits
        stream = try ZStream(deflating: format, level: level, windowBits: windowBits, memoryLevel: memoryLevel)
    }

    /// Takes all of `input` and appends to `output` what has come out so far.
    package mutating func deflate(_ input: Span<UInt8>, into output: inout [UInt8], flush: Flush) {
        if hasFinished { reset() }
        var offset = 0
        while true {
            // At least 64: zlib repeats its marker when a sync flush is left fewer than 7 bytes of room.
            let guess = min(max((input.count - offset) / 2, 64), 32 * 1024)
            let room = max(output.capacity - output.count, guess)
            let before = output.count
            let status = stream.step(input, from: &offset, into: &output, room: room, flush: flush.code)
            guard status == Z_OK, offset < input.count || output.count - before == room else { break }
        }
        if case .finish = flush { hasFinished = true }
    }

    /// Gives up the stream under way; the next call begins a new one with the same settings and memory.
    package mutating func reset() {
        stream.reset()
        hasFinished = false
    }
}
