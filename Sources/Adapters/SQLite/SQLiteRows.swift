internal import CSQLite
internal import TradewindDomain
internal import TradewindJSON
internal import TradewindPersistence

/// Rows copied out of SQLite: one array of cells and one of the bytes of all texts and blobs, whatever their number.
final class SQLiteRows: RowSource {
    fileprivate enum Cell: Equatable {
        case null
        case integer(Int64)
        case real(Double)
        case text(start: UInt32, count: UInt32)
        case blob(start: UInt32, count: UInt32)
    }

    struct Filling {
        fileprivate let columns: Int
        private(set) var rows = 0
        fileprivate var cells: [Cell] = [], bytes: [UInt8] = []

        init(columns: Int) { self.columns = columns }
        var size: Int { bytes.count }

        mutating func append(rowOf statement: PreparedStatement) throws(DatabaseError) {
            let handle = unsafe statement.handle
            for column in 0..<CInt(columns) {
                switch unsafe sqlite3_column_type(handle, column) {
                case SQLITE_INTEGER: cells.append(.integer(unsafe sqlite3_column_int64(handle, column)))
                case SQLITE_FLOAT: cells.append(.real(unsafe sqlite3_column_double(handle, column)))
                case SQLITE_NULL: cells.append(.null)
                case SQLITE_BLOB:
                    let (start, count) = try unsafe append(sqlite3_column_blob(handle, column), handle, column)
                    cells.append(.blob(start: start, count: count))
                default:
                    let text = unsafe UnsafeRawPointer(sqlite3_column_text(handle, column))
                    let (start, count) = try unsafe append(text, handle, column)
                    cells.append(.text(start: start, count: count))
                }
            }
            rows += 1
        }

        /// Safety: SQLite keeps the bytes until the next step, and says how many there are.
        private mutating func append(
            _ start: UnsafeRawPointer?, _ handle: OpaquePointer, _ column: CInt
        ) throws(DatabaseError) -> (start: UInt32, count: UInt32) {
            let count = Int(unsafe sqlite3_column_bytes(handle, column))
            guard let place = UInt32(exactly: bytes.count) else {
                throw .refused(sqlState: "54000", message: "the answer is larger than 4 GiB: stream it")
            }
            unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
            return (place, UInt32(count))
        }
    }

    let rows: Int, columns: Int
    private let cells: [Cell], bytes: [UInt8]

    init(_ filling: Filling) {
        (rows, columns, cells, bytes) = (filling.rows, filling.columns, filling.cells, filling.bytes)
    }

    func isSame(as other: SQLiteRows) -> Bool {
        rows == other.rows && columns == other.columns && cells == other.cells && bytes == other.bytes
    }

    private func cell(_ row: Int, _ column: Int, _ wanted: SQLType) throws(DatabaseError) -> Cell {
        guard 0..<rows ~= row, 0..<columns ~= column else {
            throw .unreadable(column: column, wanted: wanted, found: "no such cell")
        }
        return cells[row * columns + column]
    }

    private func refusal(_ cell: Cell, _ column: Int, _ kind: SQLKind, isArray: Bool = false) -> DatabaseError {
        let found =
            switch cell {
            case .null: "NULL"
            case .integer: "an integer"
            case .real: "a double"
            case .text: "a text"
            case .blob: "bytes"
            }
        return .unreadable(column: column, wanted: SQLType(kind, isArray: isArray), found: found)
    }

    private func slice(_ start: UInt32, _ count: UInt32) -> ArraySlice<UInt8> {
        bytes[Int(start)..<Int(start) + Int(count)]
    }

    // MARK: Reading

    func isNull(_ row: Int, _ column: Int) throws(DatabaseError) -> Bool {
        if case .null = try cell(row, column, SQLType(.text)) { true } else { false }
    }

    func bool(_ row: Int, _ column: Int) throws(DatabaseError) -> Bool {
        let cell = try cell(row, column, SQLType(.bool))
        guard case .integer(let value) = cell, 0...1 ~= value else { throw refusal(cell, column, .bool) }
        return value == 1
    }

    func int64(_ row: Int, _ column: Int) throws(DatabaseError) -> Int64 {
        try integer(row, column, .int64)
    }

    private func integer(_ row: Int, _ column: Int, _ kind: SQLKind) throws(DatabaseError) -> Int64 {
        let cell = try cell(row, column, SQLType(kind))
        guard case .integer(let value) = cell else { throw refusal(cell, column, kind) }
        return value
    }

    func double(_ row: Int, _ column: Int) throws(DatabaseError) -> Double {
        let cell = try cell(row, column, SQLType(.double))
        guard case .real(let value) = cell else { throw refusal(cell, column, .double) }
        return value
    }

    func decimal(_ row: Int, _ column: Int) throws(DatabaseError) -> ExactDecimal {
        let cell = try cell(row, column, SQLType(.decimal))
        switch cell {
        case .integer(let value): return ExactDecimal(Int(value))
        case .text(let start, let count):
            guard let value = ExactDecimal(String(decoding: slice(start, count), as: UTF8.self)) else {
                throw refusal(cell, column, .decimal)
            }
            return value
        // A double is what arithmetic on decimals makes here: no longer exact, so nobody gets it.
        case .null, .real, .blob: throw refusal(cell, column, .decimal)
        }
    }

    func text(_ row: Int, _ column: Int) throws(DatabaseError) -> String {
        String(decoding: try characters(row, column, .text), as: UTF8.self)
    }

    func uuid(_ row: Int, _ column: Int) throws(DatabaseError) -> UUID {
        let text = try characters(row, column, .uuid)
        if let value = UUID(ascii: text.span) { return value }
        throw .unreadable(column: column, wanted: SQLType(.uuid), found: "another text")
    }

    func timestamp(_ row: Int, _ column: Int) throws(DatabaseError) -> Timestamp {
        Timestamp(microseconds: try integer(row, column, .timestamp))
    }

    func json(_ row: Int, _ column: Int) throws(DatabaseError) -> JSONText {
        JSONText(bytes: Array(try characters(row, column, .json)))
    }

    func bytes(_ row: Int, _ column: Int) throws(DatabaseError) -> [UInt8] {
        let cell = try cell(row, column, SQLType(.bytes))
        guard case .blob(let start, let count) = cell else { throw refusal(cell, column, .bytes) }
        return Array(slice(start, count))
    }

    func elements(_ row: Int, _ column: Int, _ kind: SQLKind) throws(DatabaseError) -> [SQLValue] {
        let text = try characters(row, column, kind, isArray: true)
        guard let values = ArrayText.read(Array(text), kind) else {
            throw .unreadable(column: column, wanted: SQLType(kind, isArray: true), found: "another text")
        }
        return values
    }

    private func characters(
        _ row: Int, _ column: Int, _ kind: SQLKind, isArray: Bool = false
    ) throws(DatabaseError) -> ArraySlice<UInt8> {
        let cell = try cell(row, column, SQLType(kind, isArray: isArray))
        guard case .text(let start, let count) = cell else { throw refusal(cell, column, kind, isArray: isArray) }
        return slice(start, count)
    }
}
