import Testing
import TradewindPostgres

@Suite struct `The cache of prepared statements` {
    @Test func `lets go of the one used longest ago`() {
        var cache = StatementCache<Int, String>(capacity: 3)
        let evicted = [1, 2, 3].map { cache.add("\($0)", for: $0) }
        #expect(evicted == [nil, nil, nil])
        _ = cache.use(1)
        let fourth = cache.add("4", for: 4)
        #expect(fourth == "2")
        let found = [1, 2, 3, 4].map { cache.use($0) }
        #expect(found == ["1", nil, "3", "4"])
    }

    @Test func `forgets what is removed`() {
        var cache = StatementCache<Int, String>(capacity: 3)
        for key in 1...3 { _ = cache.add("\(key)", for: key) }
        cache.remove(3)
        cache.remove(1)
        cache.remove(9)
        let found = [1, 2, 3].map { cache.use($0) }
        #expect(found == [nil, "2", nil])
        let evicted = [4, 5, 6].map { cache.add("\($0)", for: $0) }
        #expect(evicted == [nil, nil, "2"])
    }

    @Test func `does what a plain list would do, for any order of use`() {
        var cache = StatementCache<Int, Int>(capacity: 5)
        var list: [Int] = []  // the newest last
        var state: UInt64 = 1
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let key = Int(state >> 33) % 9, isRemoval = state >> 60 == 0
            if isRemoval {
                cache.remove(key)
                list.removeAll { $0 == key }
                continue
            }
            let found = cache.use(key)
            #expect(found == (list.contains(key) ? key : nil))
            list.removeAll { $0 == key }
            list.append(key)
            guard found == nil else { continue }
            let evicted = cache.add(key, for: key)
            #expect(evicted == (list.count > 5 ? list.removeFirst() : nil))
            #expect(cache.count == list.count)
        }
    }
}
