package import TradewindDomain
internal import TradewindJSON

// What the domain kernel calls its values, as columns.

extension ID: SQLScalar {
    package static var sqlKind: SQLKind { .uuid }
    package var sqlValue: SQLValue { .uuid(raw) }
    package static func read(from row: Row, at column: Int) throws(DatabaseError) -> ID {
        ID(try UUID.read(from: row, at: column))
    }
    package init?(_ value: SQLValue) {
        guard let raw = UUID(value) else { return nil }
        self.init(raw)
    }
}

extension Version: SQLScalar {
    package static var sqlKind: SQLKind { .int64 }
    package var sqlValue: SQLValue { .int64(number) }
    package static func read(from row: Row, at column: Int) throws(DatabaseError) -> Version {
        Version(try Int64.read(from: row, at: column))
    }
    package init?(_ value: SQLValue) {
        guard let number = Int64(value) else { return nil }
        self.init(number)
    }
}

/// As `numeric(…, 2)`: dollars. A service that deals in other currencies has a column for theirs.
extension Money: SQLScalar {
    package static var sqlKind: SQLKind { .decimal }
    package var sqlValue: SQLValue { .decimal(ExactDecimal(Int128(hundredths), scale: 2) ?? .zero) }
    package static func read(from row: Row, at column: Int) throws(DatabaseError) -> Money {
        let decimal = try ExactDecimal.read(from: row, at: column)
        guard let money = Money(.decimal(decimal)) else {
            throw .unreadable(column: column, wanted: sqlType, found: "an amount that is too large or too precise")
        }
        return money
    }
    package init?(_ value: SQLValue) {
        guard case .decimal(let decimal) = value, let hundredths = decimal.coefficient(atScale: 2),
            let fitting = Int64(exactly: hundredths)
        else { return nil }
        self.init(hundredths: fitting)
    }
}

/// A state that is kept by its word.
extension SQLBindable where Self: RawRepresentable, RawValue == String {
    package static var sqlType: SQLType { String.sqlType }
    package var sqlValue: SQLValue { .text(rawValue) }
}

extension SQLReadable where Self: RawRepresentable, RawValue == String {
    package static func read(from row: Row, at column: Int) throws(DatabaseError) -> Self {
        guard let value = Self(rawValue: try String.read(from: row, at: column)) else {
            throw .unreadable(column: column, wanted: String.sqlType, found: "a word that is none of the known ones")
        }
        return value
    }
}
