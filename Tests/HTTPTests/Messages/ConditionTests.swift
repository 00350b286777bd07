import Testing
import TradewindHTTP

@Suite struct `Entity tags` {
    @Test func `are written and read`() throws {
        let strong = try #require(EntityTag("abc")), weak = try #require(EntityTag("abc", isWeak: true))
        #expect(strong.field == "\"abc\"" && weak.field == "W/\"abc\"")
        #expect(EntityTag(field: strong.field) == strong && EntityTag(field: weak.field) == weak)
        #expect(EntityTag(field: "\"\"")?.opaque == "")
    }

    @Test(arguments: ["a\"b", "a b", "a\r\nb", "\u{7F}"])
    func `hold no quotes, spaces or controls`(text: String) { #expect(EntityTag(text) == nil) }

    /// Field, whether it matches "a" weakly, whether strongly.
    @Test(arguments: [
        ("*", true, true), (" * ", true, true), ("\"a\"", true, true), ("W/\"a\"", true, false),
        ("\"b\"", false, false),
        ("\"b\", \"a\"", true, true), ("\"b\",\"a\"", true, true), ("\"b\" ,, W/\"a\"", true, false),
        ("\"a,b\"", false, false),
        ("\"b\",", false, false),
    ])
    func `are found in lists`(field: String, weakly: Bool, strongly: Bool) throws {
        let condition = try #require(EntityTagCondition(field))
        let tag = try #require(EntityTag("a"))
        #expect(condition.matchesWeakly(tag) == weakly)
        #expect(condition.matchesStrongly(tag) == strongly)
    }

    @Test func `that are weak never match strongly`() throws {
        let weak = try #require(EntityTag("a", isWeak: true))
        let condition = try #require(EntityTagCondition("W/\"a\", \"a\""))
        #expect(condition.matchesWeakly(weak) && !condition.matchesStrongly(weak))
    }

    @Test(arguments: [
        "", "a", "\"a", "a\"", "w/\"a\"", "W\"a\"", "\"a\" \"b\"", "\"a\"b", "*, \"a\"", "W/", ",", "\"a b\"",
    ])
    func `that are malformed make no condition`(field: String) { #expect(EntityTagCondition(field) == nil) }
}

@Suite struct `Ranges` {
    @Test(arguments: [
        ("bytes=0-0", RangeRequest.range(0..<1)), ("bytes=0-99", .range(0..<100)), ("bytes=0-", .range(0..<100)),
        ("bytes=99-", .range(99..<100)), ("bytes=50-49", .ignored), ("bytes=50-1000", .range(50..<100)),
        ("bytes=100-", .unsatisfiable), ("bytes=100-200", .unsatisfiable), ("bytes=-1", .range(99..<100)),
        ("bytes=-100", .range(0..<100)), ("bytes=-1000", .range(0..<100)), ("bytes=-0", .unsatisfiable),
        ("BYTES=1-2", .range(1..<3)), ("bytes= 1-2 ", .range(1..<3)),
        ("bytes=0-9223372036854775807", .range(0..<100)), ("bytes=0-99999999999999999999999", .range(0..<100)),
        ("bytes=99999999999999999999999-", .unsatisfiable), ("bytes=-99999999999999999999999", .range(0..<100)),
        ("bytes=9223372036854775807-9223372036854775807", .unsatisfiable),
        ("bytes=0-1,3-4", .ignored), ("bytes=0-1,", .ignored), ("bytes=", .ignored), ("bytes=-", .ignored),
        ("bytes", .ignored),
        ("bytes=a-b", .ignored), ("bytes=1-2-3", .ignored), ("bytes=--1", .ignored), ("bytes=+1-2", .ignored),
        ("bytes=1 - 2", .ignored), ("bytes=0x1-2", .ignored), ("items=0-1", .ignored), ("", .ignored),
        ("=0-1", .ignored),
    ])
    func `of a hundred bytes`(field: String, expected: RangeRequest) {
        #expect(RangeRequest(field, size: 100) == expected)
    }

    @Test func `of nothing cannot be satisfied`() {
        #expect(RangeRequest("bytes=0-0", size: 0) == .unsatisfiable)
        #expect(RangeRequest("bytes=-5", size: 0) == .unsatisfiable)
        #expect(RangeRequest(nil, size: 0) == .ignored)
    }
}
