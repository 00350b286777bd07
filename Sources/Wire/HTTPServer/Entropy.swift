internal import TradewindReactor

/// Random bits from the kernel, fetched a page at a time: an id costs nanoseconds instead of a system call.
struct Entropy {
    private var words = InlineArray<256, UInt64>(repeating: 0)
    private var used = 256

    mutating func next() -> UInt64 {
        if used == 256 {
            var span = words.mutableSpan
            fillWithRandomness(&span)
            used = 0
        }
        defer { used += 1 }
        return words[used]
    }
}
