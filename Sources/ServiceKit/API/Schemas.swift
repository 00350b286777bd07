internal import TradewindCQRS
package import TradewindDomain
package import TradewindJSON

// Schemas that many services use.

extension Schema {
    package static var pageSize: Schema {
        .whole(PageSize.range).summary("How many at most; \(PageSize.usual) by default")
    }

    /// An amount, its limits in hundredths as the domain has them.
    package static func money(_ hundredths: ClosedRange<Int64>) -> Schema {
        let limits = ExactDecimal.hundredths(hundredths.lowerBound)...ExactDecimal.hundredths(hundredths.upperBound)
        return .number(limits, step: .hundredths(1)).example(.hundredths(hundredths.lowerBound))
    }
}

extension ExactDecimal {
    package static func hundredths(_ count: Int64) -> ExactDecimal { ExactDecimal(Int128(count), scale: 2) ?? .zero }
}

extension JSONValue {
    /// 29.99 as `.hundredths(2_999)`.
    package static func hundredths(_ count: Int64) -> JSONValue { .number(JSONNumber(ExactDecimal.hundredths(count))) }
}

extension ID {
    /// For examples in documents.
    package static var example: JSONValue { "0197a3b2-4c5d-7e6f-8a9b-0c1d2e3f4a5b" }
}
