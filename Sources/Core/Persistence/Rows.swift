package import TradewindDomain
package import TradewindJSON

/// What an adapter keeps of an answer. It reads the cell of a row as the kind that is asked for: the caller knows what
/// it wants, so a cell needs no box that could be anything. A cell that holds something else, a row or a column that
/// is not there: `unreadable`.
package protocol RowSource: AnyObject, Sendable {
    var rows: Int { get }
    var columns: Int { get }
    func isNull(_ row: Int, _ column: Int) throws(DatabaseError) -> Bool
    func bool(_ row: Int, _ column: Int) throws(DatabaseError) -> Bool
    /// From integers of every width.
    func int64(_ row: Int, _ column: Int) throws(DatabaseError) -> Int64
    func double(_ row: Int, _ column: Int) throws(DatabaseError) -> Double
    /// From integers too.
    func decimal(_ row: Int, _ column: Int) throws(DatabaseError) -> ExactDecimal
    func text(_ row: Int, _ column: Int) throws(DatabaseError) -> String
    func uuid(_ row: Int, _ column: Int) throws(DatabaseError) -> UUID
    func timestamp(_ row: Int, _ column: Int) throws(DatabaseError) -> Timestamp
    func json(_ row: Int, _ column: Int) throws(DatabaseError) -> JSONText
    func bytes(_ row: Int, _ column: Int) throws(DatabaseError) -> [UInt8]
    /// The elements of an array, each of the kind or null.
    func elements(_ row: Int, _ column: Int, _ kind: SQLKind) throws(DatabaseError) -> [SQLValue]
}

/// The answer to a statement.
///
///     try rows.map { try OrderSummary(id: $0.decode(0), status: $0.decode(1)) }
package struct Rows: RandomAccessCollection, Sendable {
    package let source: any RowSource
    /// How many rows the statement inserted, changed, deleted or returned.
    package let affected: Int
    package let startIndex = 0
    package let endIndex: Int

    package init(_ source: any RowSource, affected: Int) {
        (self.source, self.affected, endIndex) = (source, affected, source.rows)
    }

    package subscript(row: Int) -> Row { Row(source: source, index: row) }

    /// The rows as values of a type.
    package func decode<Value: RowReadable>(_ type: Value.Type = Value.self) throws -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        for index in 0..<endIndex { values.append(try Value(Row(source: source, index: index))) }
        return values
    }
}

package struct Row: Sendable {
    package let source: any RowSource
    package let index: Int

    /// The column at this position, counted from 0. An optional type takes NULL, others refuse it.
    package func decode<Value: SQLReadable>(
        _ column: Int, as type: Value.Type = Value.self
    ) throws(DatabaseError) -> Value {
        try Value.read(from: self, at: column)
    }
}

/// A type that is made of a row.
package protocol RowReadable {
    init(_ row: Row) throws
}
