/// One value that is not as it must be.
package struct Violation: Hashable, Sendable {
    /// The way to the value as people write it, `items[0].price`; empty for the value itself.
    package let field: String
    package let code: Code
    /// Completes the sentence that begins with the field: "must be between 0.01 and 999999.99".
    package let message: String

    package init(_ code: Code, _ message: String, at field: String = "") {
        (self.field, self.code, self.message) = (field, code, message)
    }

    /// What programs tell violations apart by.
    package struct Code: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
        package let description: String
        package init(stringLiteral value: String) { description = value }

        package static let required: Code = "required"
        package static let range: Code = "range"
        package static let length: Code = "length"
        package static let count: Code = "count"
        package static let format: Code = "format"
        package static let precision: Code = "precision"
    }

    func within(_ field: String) -> Violation {
        Violation(code, message, at: Self.path(field, self.field))
    }

    private static func path(_ outer: String, _ inner: String) -> String {
        if outer.isEmpty || inner.isEmpty { return outer + inner }
        return inner.utf8.first == UInt8(ascii: "[") ? outer + inner : outer + "." + inner
    }
}

/// All that is wrong with a value: what the throwing initialisers of value objects throw. Never empty.
package struct Violations: Error, Hashable, Sendable {
    package let all: [Violation]

    package init(_ code: Violation.Code, _ message: String) { all = [Violation(code, message)] }

    init?(_ all: [Violation]) {
        guard !all.isEmpty else { return nil }
        self.all = all
    }
}

extension Violations: CustomStringConvertible {
    package var description: String {
        all.map { $0.field.isEmpty ? $0.message : "\($0.field) \($0.message)" }.joined(separator: "; ")
    }
}
