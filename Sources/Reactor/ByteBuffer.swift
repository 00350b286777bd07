/// Bytes between the socket and whoever reads or writes them: filled at the end, consumed at the start. Without storage
/// until it needs some, so that what idles holds nothing.
///
/// Safety: owns its allocation alone (noncopyable), and every access stays inside `start ..< end ..< capacity`.
@safe package struct ByteBuffer: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    package private(set) var capacity: Int
    private var start = 0
    private var end = 0

    package init() {
        unsafe base = nil
        capacity = 0
    }

    package init(capacity: Int) {
        unsafe base = .allocate(byteCount: capacity, alignment: 16)
        self.capacity = capacity
    }

    deinit { unsafe base?.deallocate() }

    package var count: Int { end - start }
    package var isEmpty: Bool { start == end }

    /// What is there. The pointer is good until the buffer changes.
    package var bytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: base.map { unsafe $0 + start }, count: count)
    }

    /// What is there, bounds-checked and unable to outlive the call.
    @inline(__always)
    package func withSpan<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(bytes.assumingMemoryBound(to: UInt8.self).span)
    }

    package mutating func consume(_ count: Int) {
        precondition(count <= self.count)
        start += count
        if start == end { (start, end) = (0, 0) }
    }

    /// Lets `body` write up to as many bytes as are free, at least `minimum`; it returns how many it wrote.
    @discardableResult
    package mutating func fill<Failure: Error>(
        atLeast minimum: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        reserve(minimum)
        let free = unsafe UnsafeMutableRawBufferPointer(start: base.map { unsafe $0 + end }, count: capacity - end)
        let written = unsafe try body(free)
        precondition(written <= free.count)
        end += written
        return written
    }

    /// Lends room for `count` bytes at least, to be written in order.
    package mutating func write(upTo count: Int, _ body: (inout OutputRawSpan) -> Void) {
        unsafe fill(atLeast: count) { free in
            var output = unsafe OutputRawSpan(buffer: free, initializedCount: 0)
            body(&output)
            return unsafe output.finalize(for: free)
        }
    }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        unsafe base.map { unsafe ($0 + end).copyMemory(from: source, byteCount: bytes.count) }
        end += bytes.count
    }

    package mutating func append(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe append($0) }
    }

    package mutating func append(_ text: StaticString) {
        unsafe append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Makes room for `count` more bytes: by moving what is there to the front, else by growing.
    package mutating func reserve(_ count: Int) {
        if capacity - end < count { makeRoom(count) }
    }

    private mutating func makeRoom(_ count: Int) {
        let held = self.count
        if capacity - held >= count {
            unsafe base.map { unsafe $0.copyMemory(from: $0 + start, byteCount: held) }
        } else {
            let larger = max(capacity * 2, held + count)
            let grown = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
            unsafe base.map { unsafe grown.copyMemory(from: $0 + start, byteCount: held) }
            unsafe base?.deallocate()
            unsafe (base, capacity) = (grown, larger)
        }
        (start, end) = (0, held)
    }

    /// Storage from the pool when there is none yet.
    package mutating func borrow(from pool: BufferPool) {
        guard unsafe base == nil else { return }
        unsafe (base, capacity) = (pool.take(), BufferPool.size)
    }

    /// Gives the storage back to the pool when nothing is in it.
    package mutating func giveBack(to pool: BufferPool) {
        guard isEmpty, let storage = unsafe base else { return }
        unsafe pool.give(storage, capacity: capacity)
        unsafe (base, capacity) = (nil, 0)
    }

    /// Forgets what is there and gives the storage back.
    package mutating func discard(to pool: BufferPool) {
        consume(count)
        giveBack(to: pool)
    }
}

/// A loop's spare storage. Connections hold some only while bytes are in flight, so ten thousand idle ones hold none,
/// and the one in use is warm in the cache.
@safe package final class BufferPool {
    package static let size = 16 * 1024
    private static let most = 64

    // Safety: each pointer is an allocation of `size` bytes that nobody else holds.
    @safe @exclusivity(unchecked) private var spare: [UnsafeMutableRawPointer] = unsafe []

    deinit { while let base = unsafe spare.popLast() { unsafe base.deallocate() } }

    fileprivate func take() -> UnsafeMutableRawPointer {
        if let storage = unsafe spare.popLast() { return unsafe storage }
        return .allocate(byteCount: Self.size, alignment: 16)
    }

    fileprivate func give(_ storage: UnsafeMutableRawPointer, capacity: Int) {
        guard capacity == Self.size, unsafe spare.count < Self.most else { return unsafe storage.deallocate() }
        unsafe spare.append(storage)
    }
}
