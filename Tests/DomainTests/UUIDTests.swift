import Testing
import TradewindDomain
import TradewindJSON
import TradewindTesting

@Suite struct `An id` {
    private let text = "0190b3a4-7c1e-7d2a-9f10-3b5e8c6d4a21"

    @Test func `reads as it is written, in either case`() throws {
        let id = try #require(UUID(text))
        #expect(id == UUID(high: 0x0190_B3A4_7C1E_7D2A, low: 0x9F10_3B5E_8C6D_4A21))
        #expect(id.description == text)
        #expect(UUID(text.uppercased()) == id)
        #expect(UUID("\(UUID.zero)") == .zero)
    }

    @Test(arguments: [
        "", "0190b3a4", "0190b3a47c1e7d2a9f103b5e8c6d4a21", "{0190b3a4-7c1e-7d2a-9f10-3b5e8c6d4a21}",
        "0190b3a4-7c1e-7d2a-9f10-3b5e8c6d4a2", "0190b3a4-7c1e-7d2a-9f10-3b5e8c6d4a211",
        "0190b3a4-7c1e-7d2a-9f10-3b5e8c6d4a2g", "0190b3a4-7c1e-7d2a-9f1-03b5e8c6d4a21",
        "0190b3a4-7c1e-7d2a-9f10-3b5e8c6d4a21\n", " 0190b3a4-7c1e-7d2a-9f10-3b5e8c6d4a2",
        "urn:uuid:0190b3a4-7c1e-7d2a-9f10-3b5e8c6d4a21", "०१९०b3a4-7c1e-7d2a-9f10-3b5e8c6d4a21",
    ]) func `is nothing else`(text: String) {
        #expect(UUID(text) == nil)
    }

    @Test func `sorts by its bits`() {
        #expect(UUID(high: 1, low: 0) > UUID(high: 0, low: .max))
        #expect(UUID(high: 1, low: 1) > UUID(high: 1, low: 0))
    }

    @Test func `is text in JSON, and says of what it is only to the compiler`() throws {
        let id = try ChairID(text)
        #expect(try JSON.encode([id]) == Array("[\"\(text)\"]".utf8))
        #expect(try JSON.decode([ChairID].self, from: "[\"\(text)\"]") == [id])
        #expect(throws: JSONError.self) { try JSON.decode([ChairID].self, from: "[\"chair-1\"]") }
    }

    @Test func `from a client is refused with its reason`() {
        #expect(throws: Violations(.format, "must be a UUID")) { try ChairID("chair-1") }
    }

    @Test func `comes from the clockwork with the type that is wanted`() {
        let clockwork = Clockwork.manual()
        let (one, two): (ChairID, ChairID) = (clockwork.newID(), clockwork.newID())
        #expect(one < two)
    }

    private enum ChairTag {}
    private typealias ChairID = ID<ChairTag>
}

@Suite struct `A sequence of ids` {
    private var sequence = UUIDSequence()
    private let everyBit = (UInt64.max, UInt64.max)

    @Test mutating func `begins with the time, then its version`() {
        let id = sequence.next(at: .noon, random: everyBit)
        #expect(id.high >> 16 == UInt64(Timestamp.noon.milliseconds))
        #expect(id.high >> 12 & 0xF == 7)
        #expect(id.low >> 62 == 0b10)
    }

    @Test mutating func `takes everything else from chance`() {
        let id = sequence.next(at: .noon, random: (0x123, 0x3456_789A_BCDE_F012))
        #expect(id.low & (1 << 62 - 1) == 0x3456_789A_BCDE_F012)
        // Of two words of chance the lowest 73 bits are used.
        #expect(id.high & 0xFFF == 0x123 << 2 & 0x7FF)
    }

    @Test mutating func `rises within a millisecond, whatever chance gives`() {
        var random = SystemRandomNumberGenerator()
        let ids = (0..<100_000).map { _ in sequence.next(at: .noon, random: (random.next(), random.next())) }
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test mutating func `goes on rising when the clock steps back`() {
        let before = sequence.next(at: .noon, random: everyBit)
        let after = sequence.next(at: .noon - .seconds(3600), random: (0, 0))
        #expect(after > before)
        #expect(sequence.next(at: .noon + .milliseconds(1), random: (0, 0)) > after)
    }

    @Test mutating func `leaves no step that could be guessed`() {
        let first = sequence.next(at: .noon, random: (0, 0))
        let second = sequence.next(at: .noon, random: (0, 0x1234_5678))
        #expect(second.low - first.low == 0x1234_5679)
    }

    @Test mutating func `borrows the next millisecond when one is used up`() {
        var last = sequence.next(at: .noon, random: everyBit)
        // Two steps short of the end, reached by a sequence that begins there.
        var full = UUIDSequence(after: UUID(v7: last.high >> 16, random: everyBit))
        last = full.next(at: .noon, random: everyBit)
        #expect(last.high >> 16 == UInt64(Timestamp.noon.milliseconds) + 1)
    }

    @Test mutating func `has no trouble with a clock before 1970`() {
        let first = sequence.next(at: Timestamp(microseconds: .min), random: (0, 0))
        #expect(sequence.next(at: Timestamp(microseconds: -1), random: (0, 0)) > first)
    }
}
