/// What may be interpolated into `SQL`.
package protocol SQLBindable: Sendable {
    static var sqlType: SQLType { get }
    var sqlValue: SQLValue { get }
}

/// What an array may hold to be bound and read as a whole: any kind, and bytes, of which an array is one value.
package protocol SQLElement: Sendable {
    static var sqlArrayType: SQLType { get }
    static func sqlValue(of array: [Self]) -> SQLValue
    static func read(arrayFrom row: Row, at column: Int) throws(DatabaseError) -> [Self]
}

/// A value of one kind. Types of our own (ids, money, states) conform by wrapping one of these.
package protocol SQLScalar: SQLBindable, SQLReadable, SQLElement {
    static var sqlKind: SQLKind { get }
    /// Nil when it is of another kind.
    init?(_ value: SQLValue)
}

extension SQLScalar {
    package static var sqlType: SQLType { SQLType(sqlKind) }
    package static var sqlArrayType: SQLType { SQLType(sqlKind, isArray: true) }

    package static func sqlValue(of array: [Self]) -> SQLValue { .array(sqlKind, array.map(\.sqlValue)) }

    package static func read(arrayFrom row: Row, at column: Int) throws(DatabaseError) -> [Self] {
        try elements(of: row, at: column) { Self($0) }
    }

    fileprivate static func elements<Element>(
        of row: Row, at column: Int, _ make: (SQLValue) -> Element?
    ) throws(DatabaseError) -> [Element] {
        var elements: [Element] = []
        for value in try row.source.elements(row.index, column, sqlKind) {
            guard let element = make(value) else {
                throw .unreadable(column: column, wanted: sqlArrayType, found: "an element of another kind, or NULL")
            }
            elements.append(element)
        }
        return elements
    }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
    package static var sqlType: SQLType { Wrapped.sqlType }
    package var sqlValue: SQLValue { self?.sqlValue ?? .null(Wrapped.sqlType) }
}

extension Optional: SQLElement where Wrapped: SQLScalar {
    package static var sqlArrayType: SQLType { Wrapped.sqlArrayType }
    package static func sqlValue(of array: [Self]) -> SQLValue { .array(Wrapped.sqlKind, array.map(\.sqlValue)) }
    package static func read(arrayFrom row: Row, at column: Int) throws(DatabaseError) -> [Self] {
        try Wrapped.elements(of: row, at: column) { $0.isNull ? .some(nil) : Wrapped($0).map { $0 } }
    }
}

extension Array: SQLBindable where Element: SQLElement {
    package static var sqlType: SQLType { Element.sqlArrayType }
    package var sqlValue: SQLValue { Element.sqlValue(of: self) }
}

extension UInt8: SQLElement {
    package static var sqlArrayType: SQLType { SQLType(.bytes) }
    package static func sqlValue(of array: [UInt8]) -> SQLValue { .bytes(array) }
    package static func read(arrayFrom row: Row, at column: Int) throws(DatabaseError) -> [UInt8] {
        try row.source.bytes(row.index, column)
    }
}

extension Array: SQLElement where Element == UInt8 {
    package static var sqlArrayType: SQLType { SQLType(.bytes, isArray: true) }
    package static func sqlValue(of array: [[UInt8]]) -> SQLValue { .array(.bytes, array.map(\.sqlValue)) }
    package static func read(arrayFrom row: Row, at column: Int) throws(DatabaseError) -> [[UInt8]] {
        var elements: [[UInt8]] = []
        for value in try row.source.elements(row.index, column, .bytes) {
            guard case .bytes(let bytes) = value else {
                throw .unreadable(column: column, wanted: sqlArrayType, found: "NULL")
            }
            elements.append(bytes)
        }
        return elements
    }
}
