internal import CSQLite
internal import TradewindPersistence
internal import TradewindReactor

/// A connection to a file.
///
/// Safety: `@unchecked Sendable` because one thread uses it at a time: it is opened, handed to a member of a crew, and
/// stays with that member.
@safe final class Connection: @unchecked Sendable {
    let database: OpaquePointer
    let watch: Watch
    /// Whose it is, as the crew counts.
    var member = 0
    /// After an error of the file or of memory it is not known what it remembers wrongly.
    private(set) var isBroken = false
    private let statementTimeout: Duration
    private var cache: StatementCache
    private var controls: [Control: PreparedStatement] = [:]

    /// What only the adapter itself may say.
    enum Control: String {
        case begin = "BEGIN IMMEDIATE"
        case beginReading = "BEGIN"
        case commit = "COMMIT"
        case rollBack = "ROLLBACK"
        case savepoint = "SAVEPOINT part"
        case release = "RELEASE part"
        case rollBackToSavepoint = "ROLLBACK TO part"
    }

    init(_ database: OpaquePointer, _ settings: SQLiteSettings) {
        unsafe self.database = unsafe database
        watch = Watch(busyTimeout: settings.busyTimeout)
        statementTimeout = settings.statementTimeout
        cache = StatementCache(limit: settings.preparedStatements)
        unsafe watch.attach(to: database)
    }

    deinit {
        // Statements first: a connection that has some is not closed.
        cache = StatementCache(limit: 0)
        controls = [:]
        unsafe sqlite3_close_v2(database)
    }

    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(database) == 0 }

    // MARK: Running

    func query(_ sql: SQL, mayWrite: Bool = true) throws(DatabaseError) -> Rows {
        let cursor = try open(sql)
        defer { cursor.close() }
        // Refused before it is begun, so that the writer may do it instead.
        guard mayWrite || cursor.isReadOnly else { throw .refused(sqlState: "25006", message: nil) }
        let before = unsafe sqlite3_total_changes64(database)
        let rows = try cursor.next(rows: .max, bytes: .max)
        if cursor.columns > 0 || cursor.isReadOnly { return Rows(rows, affected: rows.rows) }
        // What changes nothing leaves the count of the statement before it.
        let hasChanged = unsafe sqlite3_total_changes64(database) != before
        return Rows(rows, affected: hasChanged ? Int(unsafe sqlite3_changes64(database)) : 0)
    }

    /// A statement that has not begun.
    func open(_ sql: SQL) throws(DatabaseError) -> Cursor {
        var kept = cache.take(sql.statement)
        if kept == nil { kept = try prepare(sql.statement.text) }
        guard let prepared = kept else { throw .unavailable("no memory") }
        let cursor = Cursor(prepared, of: self, sql.statement)
        do throws(DatabaseError) {
            try bind(sql.values, to: prepared)
            return cursor
        } catch {
            cursor.close()
            throw error
        }
    }

    /// SQLite takes any text for JSON, so it is asked first.
    func bind(_ values: [SQLValue], to prepared: PreparedStatement) throws(DatabaseError) {
        for case .json(let value) in values {
            let isValid = try query("SELECT json_valid(\(value.description))")
            guard try isValid[0].decode(0, as: Bool.self) else { throw .refused(sqlState: "22P02", message: nil) }
        }
        try prepared.bind(values)
    }

    func keep(_ prepared: PreparedStatement, for statement: Statement) { cache.put(prepared, for: statement) }

    func control(_ control: Control) throws(DatabaseError) {
        var prepared = controls[control]
        if prepared == nil { prepared = try prepare(control.rawValue[...], isControl: true).statement }
        guard let prepared else { return }
        controls[control] = prepared
        startClock()
        try finish(prepared)
    }

    /// Steps through a statement whose rows nobody wants.
    func finish(_ prepared: PreparedStatement) throws(DatabaseError) {
        var code = prepared.step()
        while code == SQLITE_ROW { code = prepared.step() }
        if code != SQLITE_DONE { throw failure(code, prepared) }
        prepared.reset()
    }

    /// Whatever state it is in.
    func rollBack() { if isInTransaction { try? control(.rollBack) } }

    func run(_ script: String) throws(DatabaseError) {
        var rest = translated(script)[...]
        while true {
            let (prepared, after) = try prepare(rest)
            guard let prepared else { return }
            startClock()
            try finish(prepared)
            rest = after
        }
    }

    func startClock() { watch.deadline = Instant.now() + statementTimeout }

    // MARK: Preparing

    private func prepare(_ text: String) throws(DatabaseError) -> PreparedStatement {
        let (prepared, rest) = try prepare(translated(text)[...])
        guard let prepared, !Lexer.hasWords(rest) else {
            throw .refused(sqlState: "42601", message: "one statement is wanted, not none or several")
        }
        return prepared
    }

    /// The first statement of a text, nil when there is none, and the text behind it.
    func prepare(
        _ text: Substring, isControl: Bool = false
    ) throws(DatabaseError) -> (statement: PreparedStatement?, rest: Substring) {
        if !isControl, Lexer.beginsWithTransactionControl(text) {
            throw .refused(sqlState: "0A000", message: "transactions are begun and ended by the session")
        }
        var bytes = Array(text.utf8)
        bytes.append(0)
        var handle: OpaquePointer?
        let (code, used) = unsafe bytes.withUnsafeBufferPointer { bytes in
            var tail: UnsafePointer<CChar>?
            return unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
                let code = unsafe sqlite3_prepare_v3(
                    database, bytes.baseAddress, CInt(clamping: bytes.count), CUnsignedInt(SQLITE_PREPARE_PERSISTENT),
                    &handle, &tail)
                let used = unsafe tail.flatMap { tail in unsafe bytes.baseAddress.map { unsafe tail - $0 } }
                return (code, used ?? bytes.count - 1)
            }
        }
        guard code == SQLITE_OK else { throw failure(code, nil) }
        let rest = text.utf8.dropFirst(used)
        let prepared = unsafe handle.map { unsafe PreparedStatement($0) }
        // SQLite returns nothing for a comment or an empty statement, of which more may follow.
        if prepared == nil, used > 0, !rest.isEmpty { return try prepare(Substring(rest), isControl: isControl) }
        return (prepared, Substring(rest))
    }

    // MARK: Failing

    func noteBroken() { isBroken = true }
}

/// A statement while it runs.
final class Cursor {
    private let prepared: PreparedStatement
    private let connection: Connection
    private let statement: Statement
    private var isAtEnd = false
    private var isOpen = true

    init(_ prepared: PreparedStatement, of connection: Connection, _ statement: Statement) {
        (self.prepared, self.connection, self.statement) = (prepared, connection, statement)
    }

    var columns: Int { prepared.columns }
    var isReadOnly: Bool { prepared.isReadOnly }

    /// The rows that come, until there are so many of them or so many bytes; none at the end.
    func next(rows: Int, bytes: Int) throws(DatabaseError) -> SQLiteRows {
        var filling = SQLiteRows.Filling(columns: prepared.columns)
        guard isOpen, !isAtEnd else { return SQLiteRows(filling) }
        connection.startClock()
        while filling.rows < rows, filling.size < bytes {
            let code = prepared.step()
            guard code == SQLITE_ROW else {
                isAtEnd = true
                if code != SQLITE_DONE { throw connection.failure(code, prepared) }
                break
            }
            try filling.append(rowOf: prepared)
        }
        return SQLiteRows(filling)
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        prepared.reset()
        connection.keep(prepared, for: statement)
    }
}
