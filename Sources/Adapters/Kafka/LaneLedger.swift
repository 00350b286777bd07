/// What of one partition is in hand, and up to where everything is done. Offsets rise, with gaps; they are settled in
/// any order, but the broker keeps one number: the first that is not settled.
struct LaneLedger {
    private struct Entry {
        let offset: Int64
        var isSettled = false
    }

    private var entries: [Entry] = []
    private var first = 0
    /// Behind the last one delivered.
    private(set) var next = Int64.min
    private(set) var committed = Int64.min

    var inHand: Int { entries.count - first }

    /// False when it was delivered before: librdkafka may fetch again what it had fetched.
    mutating func delivered(_ offset: Int64) -> Bool {
        guard offset >= next else { return false }
        entries.append(Entry(offset: offset))
        next = offset + 1
        return true
    }

    mutating func settle(_ offset: Int64) {
        guard let index = find(offset) else { return }
        entries[index].isSettled = true
        guard index == first else { return }
        while first < entries.count, entries[first].isSettled { first += 1 }
        if first == entries.count {
            entries.removeAll(keepingCapacity: true)
            first = 0
        } else if first > 1_024, first * 2 > entries.count {
            entries.removeFirst(first)
            first = 0
        }
    }

    private func find(_ offset: Int64) -> Int? {
        var (low, high) = (first, entries.count)
        while low < high {
            let middle = low + (high - low) / 2
            if entries[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].offset == offset ? low : nil
    }

    /// What the broker has not been told; nil when there is nothing.
    var uncommitted: Int64? {
        let position = first < entries.count ? entries[first].offset : next
        return position > committed ? position : nil
    }

    /// Told, or about to be: `failed` takes it back.
    mutating func commit() { committed = uncommitted ?? committed }
    mutating func failed() { committed = .min }
}
