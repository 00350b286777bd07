import Testing
import TradewindDomain

/// What a carrier is told to bring where.
private struct Parcel: Equatable {
    struct Street: Equatable {
        let name: String
        init(_ name: String) throws(Violations) {
            guard 1...20 ~= name.count else { throw Violations(.length, "must have 1 to 20 letters") }
            self.name = name
        }
    }

    struct Address: Equatable {
        let street: Street, house: Int
        init(street: String, house: Int) throws(Violations) {
            var check = Validation()
            let street = check("street", try Street(street))
            check.require(house > 0, .range, "must be above 0", at: "house")
            (self.street, self.house) = (try check.all(street), house)
        }
    }

    let from: Address, to: Address, labels: [Street]

    init(from: (String, Int), to: (String, Int), labels: [String] = ["fragile"]) throws(Violations) {
        var check = Validation()
        let from = check("from", try Address(street: from.0, house: from.1))
        let to = check("to", try Address(street: to.0, house: to.1))
        let labels = check("labels", labels, count: 1...3) { (label) throws(Violations) in try Street(label) }
        check.require(from == nil || from != to, "distinct", "must lead somewhere else")
        (self.from, self.to, self.labels) = try check.all(from, to, labels)
    }
}

@Suite struct `A value object` {
    @Test func `is made of valid values`() throws {
        let parcel = try Parcel(from: ("Oak", 1), to: ("Elm", 2), labels: ["fragile", "up"])
        #expect(parcel.to.street.name == "Elm")
        #expect(parcel.labels.map(\.name) == ["fragile", "up"])
    }

    @Test func `reports every violation with the way to it, however deep`() throws {
        let violations = #expect(throws: Violations.self) {
            try Parcel(from: ("", 0), to: ("Elm", -1), labels: ["up", "", "down"])
        }
        #expect(
            violations?.all == [
                Violation(.length, "must have 1 to 20 letters", at: "from.street"),
                Violation(.range, "must be above 0", at: "from.house"),
                Violation(.range, "must be above 0", at: "to.house"),
                Violation(.length, "must have 1 to 20 letters", at: "labels[1]"),
            ])
    }

    @Test func `has rules over several of its fields, which bear its own name`() throws {
        let violations = #expect(throws: Violations.self) { try Parcel(from: ("Oak", 1), to: ("Oak", 1)) }
        #expect(violations?.all == [Violation("distinct", "must lead somewhere else")])
    }

    @Test(arguments: [0, 4, 1_000_000]) func `does not look into a list of a size that is not allowed`(count: Int)
        throws
    {
        let violations = #expect(throws: Violations.self) {
            try Parcel(from: ("Oak", 1), to: ("Elm", 1), labels: Array(repeating: "", count: count))
        }
        #expect(violations?.all == [Violation(.count, "must have 1 to 3 entries", at: "labels")])
    }

    @Test func `tells people in a sentence`() {
        let violations = #expect(throws: Violations.self) { try Parcel(from: ("Oak", 0), to: ("Elm", 0)) }
        #expect(violations?.description == "from.house must be above 0; to.house must be above 0")
    }

    @Test func `puts an index behind the name of its list`() throws {
        var check = Validation()
        _ = check("orders", try rows())
        let violations = #expect(throws: Violations.self) { try check.done() }
        #expect(violations?.all.map(\.field) == ["orders[0].lines[2]"])
    }

    private func rows() throws(Violations) -> [Int] {
        var check = Validation()
        let rows = check("", [0], count: 1...1) { (_) throws(Violations) -> Int in
            var row = Validation()
            row.require(false, .range, "must be another", at: "lines[2]")
            try row.done()
            return 0
        }
        return try check.all(rows)
    }
}
