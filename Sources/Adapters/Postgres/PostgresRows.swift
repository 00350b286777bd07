internal import CPostgres
internal import TradewindDomain
internal import TradewindJSON
internal import TradewindPersistence

/// Rows as libpq received them, read in place.
///
/// Safety: `@unchecked Sendable` because a `PGresult` is never changed after libpq has handed it over; it is freed with
/// this object, and what is read of it is copied before a call returns.
@safe final class PostgresRows: RowSource, @unchecked Sendable {
    private let result: OpaquePointer?
    /// In a stream each row is a result of its own.
    private let parts: [PostgresRows]
    let rows: Int

    static let none = unsafe PostgresRows(nil)

    init(_ result: OpaquePointer?) {
        unsafe self.result = result
        rows = unsafe Int(PQntuples(result))
        parts = []
    }

    init(_ parts: [PostgresRows]) {
        unsafe result = nil
        (self.parts, rows) = (parts, parts.count)
    }

    deinit { unsafe PQclear(result) }

    var size: Int { unsafe PQresultMemorySize(result) }

    /// What the server calls the type of the column.
    func type(_ column: Int) -> Oid { unsafe PQftype(result, CInt(column)) }

    var columns: Int { parts.first?.columns ?? Int(unsafe PQnfields(result)) }

    /// The bytes of a cell and the type of its column.
    private func cell<Value>(
        _ row: Int, _ column: Int, as wanted: SQLType,
        _ read: (Oid, Span<UInt8>) throws(DatabaseError) -> Value?
    ) throws(DatabaseError) -> Value {
        let (result, line) = try unsafe place(row, column)
        let type = unsafe PQftype(result, CInt(column))
        guard unsafe PQgetisnull(result, line, CInt(column)) == 0,
            let start = unsafe PQgetvalue(result, line, CInt(column))
        else { throw .unreadable(column: column, wanted: wanted, found: "NULL") }
        let length = Int(unsafe PQgetlength(result, line, CInt(column)))
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: length).assumingMemoryBound(to: UInt8.self)
        guard let value = try unsafe read(type, bytes.span) else {
            throw .unreadable(column: column, wanted: wanted, found: "type \(type)")
        }
        return value
    }

    private func place(_ row: Int, _ column: Int) throws(DatabaseError) -> (OpaquePointer?, CInt) {
        guard row >= 0, row < rows, column >= 0, column < columns else {
            throw .unreadable(column: column, wanted: SQLType(.text), found: "no such column")
        }
        return unsafe parts.isEmpty ? (result, CInt(row)) : (parts[row].result, 0)
    }

    // MARK: RowSource

    func isNull(_ row: Int, _ column: Int) throws(DatabaseError) -> Bool {
        let (result, line) = try unsafe place(row, column)
        return unsafe PQgetisnull(result, line, CInt(column)) != 0
    }

    func bool(_ row: Int, _ column: Int) throws(DatabaseError) -> Bool {
        try cell(row, column, as: SQLType(.bool)) { PostgresDecoding.bool($0, $1) }
    }

    func int64(_ row: Int, _ column: Int) throws(DatabaseError) -> Int64 {
        try cell(row, column, as: SQLType(.int64)) { PostgresDecoding.int64($0, $1) }
    }

    func double(_ row: Int, _ column: Int) throws(DatabaseError) -> Double {
        try cell(row, column, as: SQLType(.double)) { PostgresDecoding.double($0, $1) }
    }

    func decimal(_ row: Int, _ column: Int) throws(DatabaseError) -> ExactDecimal {
        try cell(row, column, as: SQLType(.decimal)) { PostgresDecoding.decimal($0, $1) }
    }

    func text(_ row: Int, _ column: Int) throws(DatabaseError) -> String {
        try cell(row, column, as: SQLType(.text)) { PostgresDecoding.text($0, $1) }
    }

    func uuid(_ row: Int, _ column: Int) throws(DatabaseError) -> UUID {
        try cell(row, column, as: SQLType(.uuid)) { PostgresDecoding.uuid($0, $1) }
    }

    func timestamp(_ row: Int, _ column: Int) throws(DatabaseError) -> Timestamp {
        try cell(row, column, as: SQLType(.timestamp)) { PostgresDecoding.timestamp($0, $1) }
    }

    func json(_ row: Int, _ column: Int) throws(DatabaseError) -> JSONText {
        try cell(row, column, as: SQLType(.json)) { PostgresDecoding.json($0, $1) }
    }

    func bytes(_ row: Int, _ column: Int) throws(DatabaseError) -> [UInt8] {
        try cell(row, column, as: SQLType(.bytes)) { PostgresDecoding.bytes($0, $1) }
    }

    func elements(_ row: Int, _ column: Int, _ kind: SQLKind) throws(DatabaseError) -> [SQLValue] {
        try cell(row, column, as: SQLType(kind, isArray: true)) { PostgresDecoding.elements($1, of: kind) }
    }
}
