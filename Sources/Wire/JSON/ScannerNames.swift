/// A name may occur once in an object (RFC 8259 §4 says SHOULD; two readers that pick different ones are a hole).
extension Scanner {
    /// The token of a name that occurred before in the object at `object`, which has just ended.
    func repeatedName(in object: Int, count: Int) -> Int? {
        // Comparing each with each wins up to about sixteen names, which is nearly every object there is.
        guard count <= 16 else { return repeatedNameOfMany(in: object, count: count) }
        var names = InlineArray<16, UInt64>(repeating: 0)
        var place = object + 2
        for index in 0..<count {
            let name = token(place)
            if name.isA(.escaped) { return repeatedNameOfMany(in: object, count: count) }
            for earlier in 0..<index where same(Token(word: names[earlier]), name) { return place }
            names[index] = name.word
            place = next(place)
        }
        return nil
    }

    /// Linear for any number of names, escapes resolved: their hashes are seeded per process, so nobody can prepare
    /// collisions.
    @inline(never)
    private func repeatedNameOfMany(in object: Int, count: Int) -> Int? {
        var hashes = Set<Int>(minimumCapacity: count)
        var name = object + 2
        while name < tapeEnd {
            if !hashes.insert(hash(of: token(name))).inserted, isNamed(name, before: name, in: object) { return name }
            name = next(name)
        }
        return nil
    }

    @inline(__always)
    private func isNamed(_ name: Int, before end: Int, in object: Int) -> Bool {
        let wanted = token(name)
        var other = object + 2
        while other < end {
            if same(token(other), wanted) { return true }
            other = next(other)
        }
        return false
    }

    @inline(__always)
    private func token(_ place: Int) -> Token { unsafe Token(word: tape[place]) }

    /// The name after the member that starts at `name`.
    @inline(__always)
    private func next(_ name: Int) -> Int {
        let value = token(name + 1)
        return value.isContainer ? value.extent : name + 2
    }

    @inline(__always)
    private func same(_ one: Token, _ other: Token) -> Bool {
        if one.isA(.escaped) || other.isA(.escaped) { return unescaped(one) == unescaped(other) }
        guard one.extent == other.extent else { return false }
        return unsafe equalBytes(text + one.offset, text + other.offset, count: one.extent)
    }

    private func hash(of name: Token) -> Int {
        var hasher = Hasher()
        if name.isA(.escaped) {
            unsafe unescaped(name).withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        } else {
            unsafe hasher.combine(bytes: UnsafeRawBufferPointer(start: text + name.offset, count: name.extent))
        }
        return hasher.finalize()
    }

    @inline(never)
    private func unescaped(_ name: Token) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: name.extent) { room, count in
            count = unsafe unescape(text + name.offset, count: name.extent, into: room)
        }
    }
}
