package import TradewindDomain

/// How much of a list is shown at a time.
package struct PageSize: Hashable, Sendable {
    package let count: Int

    package static let range = 1...200
    package static let usual = 50

    package init(_ count: Int?) throws(Violations) {
        let count = count ?? Self.usual
        guard Self.range.contains(count) else {
            throw Violations(.range, "must be between \(Self.range.lowerBound) and \(Self.range.upperBound)")
        }
        self.count = count
    }
}
