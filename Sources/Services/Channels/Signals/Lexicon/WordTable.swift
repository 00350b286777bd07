/// Values by words: a hash table with open places, half full at most, made once and then only read.
struct WordTable<Value: Sendable>: Sendable {
    private var keys: [UInt128]
    private var values: [Value]
    private var count = 0
    private let empty: Value

    init(empty: Value) {
        self.empty = empty
        keys = Array(repeating: 0, count: 64)
        values = Array(repeating: empty, count: 64)
    }

    /// What stands for the word; `empty` when nothing does.
    subscript(word: Letters) -> Value {
        get {
            guard !word.isTooLong else { return empty }
            let place = place(of: word.packed)
            return keys[place] == word.packed ? values[place] : empty
        }
        set {
            guard !word.isTooLong, word.count > 0 else { return }
            if 2 * count >= keys.count { grow() }
            let place = place(of: word.packed)
            if keys[place] == 0 { count += 1 }
            (keys[place], values[place]) = (word.packed, newValue)
        }
    }

    /// Where the word is, or would be.
    @inline(__always) private func place(of key: UInt128) -> Int {
        let mask = keys.count - 1
        let folded = (UInt64(truncatingIfNeeded: key) ^ UInt64(truncatingIfNeeded: key >> 61)) &* 0x9E37_79B9_7F4A_7C15
        var place = Int(truncatingIfNeeded: folded >> 40) & mask
        while keys[place] != 0, keys[place] != key { place = (place + 1) & mask }
        return place
    }

    private mutating func grow() {
        let (old, oldValues) = (keys, values)
        keys = Array(repeating: 0, count: 2 * old.count)
        values = Array(repeating: empty, count: 2 * old.count)
        for (key, value) in zip(old, oldValues) where key != 0 {
            let place = place(of: key)
            (keys[place], values[place]) = (key, value)
        }
    }
}
