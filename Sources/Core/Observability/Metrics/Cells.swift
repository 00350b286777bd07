internal import Synchronization
internal import TradewindLocks

/// Whole numbers that threads add to without a lock: each of several shards has its own copy on its own cache lines, a
/// thread adds to that of its number, and reading sums them up. An addition is some five nanoseconds.
///
/// Safety: the memory belongs to the value alone from `init` to `deinit`, every index is checked against `count`, and
/// what is in it are atomics, which any thread may use.
@safe struct Cells: ~Copyable, @unchecked Sendable {
    /// Enough for the loops of a usual machine. Two threads of one shard only make each other slower.
    private static let shards = 8
    private static let line = 64

    private let words: UnsafeMutablePointer<Atomic<Int>>
    private let count: Int, stride: Int

    init(count: Int) {
        let perLine = Self.line / MemoryLayout<Atomic<Int>>.stride
        self.count = count
        stride = (count + perLine - 1) / perLine * perLine
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: stride * Self.shards * MemoryLayout<Atomic<Int>>.stride, alignment: Self.line)
        unsafe words = memory.bindMemory(to: Atomic<Int>.self, capacity: stride * Self.shards)
        for index in 0..<stride * Self.shards { unsafe (words + index).initialize(to: Atomic(0)) }
    }

    deinit { unsafe words.deallocate() }

    func add(_ value: Int, at index: Int = 0) {
        precondition(index >= 0 && index < count)
        let shard = threadNumber() & (Self.shards - 1)
        unsafe words[shard &* stride &+ index].wrappingAdd(value, ordering: .relaxed)
    }

    /// For two that one event changes.
    func add(_ value: Int, at index: Int, and other: Int, at otherIndex: Int) {
        precondition(index >= 0 && index < count && otherIndex >= 0 && otherIndex < count)
        let shard = (threadNumber() & (Self.shards - 1)) &* stride
        unsafe words[shard &+ index].wrappingAdd(value, ordering: .relaxed)
        unsafe words[shard &+ otherIndex].wrappingAdd(other, ordering: .relaxed)
    }

    func sum(at index: Int = 0) -> Int {
        precondition(index >= 0 && index < count)
        var sum = 0
        for shard in 0..<Self.shards {
            unsafe sum &+= words[shard * stride + index].load(ordering: .relaxed)
        }
        return sum
    }
}
