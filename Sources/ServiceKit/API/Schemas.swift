internal import TradewindCQRS
package import TradewindDomain
package import TradewindJSON

// Schemas that many services use.

extension Schema {
    package static var pageSize: Schema {
        .whole(PageSize.range).summary("How many at most; \(PageSize.usual) by default")
    }

    // What accounts are made of. Who keeps them says with `check` what is right; who passes them on says only how they
    // look.

    package static func email(check: (@Sendable (String) -> Bool)? = nil) -> Schema {
        .text(3...255, format: "email", expectation: "an email address", check: check).example("john.doe@example.com")
    }

    /// Not only blanks, 1 to 100 characters between them, none of which is a control character.
    package static func personName(check: (@Sendable (String) -> Bool)? = nil) -> Schema {
        .text(
            1...100,
            pattern: #"^[^\u0000-\u001F\u007F-\u009F]*[^\s\u0000-\u001F\u007F-\u009F][^\u0000-\u001F\u007F-\u009F]*$"#,
            expectation: "a name of 1 to 100 characters", check: check
        ).example("John Doe")
    }

    package static func newPassword(check: (@Sendable (String) -> Bool)? = nil) -> Schema {
        .text(
            8...72, pattern: "^(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])(?=.*[^A-Za-z0-9])[ -~]{8,72}$",
            expectation: "8 to 72 bytes with upper and lower case, a digit and a special character", check: check
        ).example("SecurePass123!")
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
