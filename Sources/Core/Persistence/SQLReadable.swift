/// What a row's column can be read as.
package protocol SQLReadable {
    static func read(from row: Row, at column: Int) throws(DatabaseError) -> Self
}

extension Optional: SQLReadable where Wrapped: SQLReadable {
    package static func read(from row: Row, at column: Int) throws(DatabaseError) -> Self {
        try row.source.isNull(row.index, column) ? nil : Wrapped.read(from: row, at: column)
    }
}

extension Array: SQLReadable where Element: SQLElement {
    package static func read(from row: Row, at column: Int) throws(DatabaseError) -> [Element] {
        try Element.read(arrayFrom: row, at: column)
    }
}
