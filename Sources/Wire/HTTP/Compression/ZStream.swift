import CZlib

/// The container around a deflate stream.
package enum CompressionFormat: Sendable, CaseIterable {
    case gzip, zlib, raw

    /// zlib reads the container out of the window size: above 15 gzip, below 0 none.
    fileprivate func windowBits(_ bits: Int) -> CInt {
        switch self {
        case .gzip: CInt(bits + 16)
        case .zlib: CInt(bits)
        case .raw: CInt(-bits)
        }
    }
}

/// The memory for a stream could not be had. A caller that compresses can go on uncompressed.
package struct OutOfMemory: Error, Equatable {}

/// One zlib stream, in either direction: the only place that touches zlib's pointers.
// Safety: the z_stream lives at one heap address (zlib's state points back to it) from init to deinit, the pointer
// never leaves this file, and a noncopyable value has one owner at a time, which is all that zlib asks for between
// threads.
@safe struct ZStream: ~Copyable, @unchecked Sendable {
    private let stream: UnsafeMutablePointer<z_stream>
    private let isDeflating: Bool

    init(deflating format: CompressionFormat, level: Int, windowBits: Int, memoryLevel: Int) throws(OutOfMemory) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        isDeflating = true
        let status = unsafe deflateInit2_(
            stream, CInt(level), Z_DEFLATED, format.windowBits(windowBits), CInt(memoryLevel), Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        precondition(status != Z_STREAM_ERROR, "level, window bits or memory level outside of zlib's ranges")
        guard status == Z_OK else { throw OutOfMemory() }
    }

    init(inflating format: CompressionFormat, windowBits: Int) throws(OutOfMemory) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        isDeflating = false
        let status = unsafe inflateInit2_(
            stream, format.windowBits(windowBits), ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        precondition(status != Z_STREAM_ERROR, "window bits outside of zlib's range")
        guard status == Z_OK else { throw OutOfMemory() }
    }

    deinit {
        _ = isDeflating ? unsafe deflateEnd(stream) : unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Starts over, with the memory and settings of before.
    mutating func reset() {
        _ = isDeflating ? unsafe deflateReset(stream) : unsafe inflateReset(stream)
    }

    /// Starts over, but what was inflated so far can still be referred to.
    mutating func resetKeepingWindow() {
        _ = unsafe inflateResetKeep(stream)
    }

    /// Whether the inflated input ended exactly where a deflate block does: bit 7 of `data_type`, says zlib.h.
    var isBetweenBlocks: Bool { unsafe stream.pointee.data_type & 128 != 0 }

    /// One call of zlib: reads from `input` at `offset`, appends at most `room` bytes, gives zlib's status.
    mutating func step(
        _ input: Span<UInt8>, from offset: inout Int, into output: inout [UInt8], room: Int, flush: CInt
    ) -> CInt {
        let rest = input.extracting(offset...)
        // zlib counts in 32 bits; a flush belongs to the last part of an input that is longer than that.
        let available = UInt32(clamping: rest.count)
        let flush = Int(available) == rest.count ? flush : Z_NO_FLUSH
        let room = UInt32(clamping: room)
        var status = Z_OK
        unsafe rest.withUnsafeBufferPointer { source in
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            unsafe stream.pointee.avail_in = available
            output.append(addingCapacity: Int(room)) { free in
                unsafe free.withUnsafeMutableBufferPointer { target, count in
                    unsafe stream.pointee.next_out = target.baseAddress
                    unsafe stream.pointee.avail_out = room
                    status = isDeflating ? unsafe CZlib.deflate(stream, flush) : unsafe CZlib.inflate(stream, flush)
                    count = unsafe Int(room - stream.pointee.avail_out)
                }
            }
            offset += unsafe Int(available - stream.pointee.avail_in)
        }
        return status
    }
}
