/// A statement as it stands in the source: what is interpolated is bound as a parameter, and there is no way to make
/// one of a `String`.
///
///     "SELECT id, status FROM orders.orders WHERE user_id = \(user) LIMIT \(page.size)"   // … $1 … $2
///
/// What cannot be bound does not compile. Another `SQL` can be interpolated: it is a literal itself, so shared parts of
/// statements are still only text that somebody wrote in the source.
package struct SQL: ExpressibleByStringInterpolation, Sendable {
    package private(set) var statement: Statement
    package private(set) var values: [SQLValue]

    package init(stringLiteral text: StaticString) {
        values = []
        statement = Statement()
        statement.append(text)
    }

    package init(stringInterpolation: Interpolation) {
        (statement, values) = (stringInterpolation.statement, stringInterpolation.values)
    }

    package struct Interpolation: StringInterpolationProtocol {
        // The compiler hands over literal segments as this type, so that they stay pointers into the program.
        package typealias StringLiteralType = StaticString

        fileprivate var statement = Statement()
        fileprivate var values: [SQLValue] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            statement.reserve(interpolationCount + 1)
            values.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: StaticString) { statement.append(literal) }

        package mutating func appendInterpolation<Value: SQLBindable>(_ value: Value) {
            statement.append(Value.sqlType)
            values.append(value.sqlValue)
        }

        // Of its own, or the compiler believes that somebody is about to print an optional.
        package mutating func appendInterpolation<Value: SQLBindable>(_ value: Value?) {
            statement.append(Value.sqlType)
            values.append(value?.sqlValue ?? .null(Value.sqlType))
        }

        package mutating func appendInterpolation(_ part: SQL) {
            statement.append(part.statement)
            values.append(contentsOf: part.values)
        }
    }
}

extension SQL: CustomStringConvertible, CustomReflectable {
    /// The statement without the values, which may be anybody's secrets.
    package var description: String { statement.text }
    package var customMirror: Mirror { Mirror(self, children: ["statement": statement.text]) }
}
