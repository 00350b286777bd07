internal import CSQLite
internal import TradewindPersistence

extension Connection {
    /// What went wrong in the last step, in the words of the port. Resets the statement, as it is over.
    func failure(_ code: CInt, _ prepared: PreparedStatement?) -> DatabaseError {
        let message = unsafe String(cString: sqlite3_errmsg(database))
        let text = unsafe prepared.flatMap { unsafe sqlite3_sql($0.handle) }.map { unsafe String(cString: $0) }
        prepared?.reset()
        switch code & 0xFF {
        case SQLITE_CONSTRAINT: return constraintFailure(code, message, text)
        case SQLITE_INTERRUPT: return watch.call?.isCancelled == true ? .cancelled : .timeout
        case SQLITE_BUSY:
            if watch.call?.isCancelled == true { return .cancelled }
            return code == Extended.busySnapshot ? .serializationFailure : .timeout
        case SQLITE_LOCKED: return .serializationFailure
        case SQLITE_FULL: return .unavailable("the disk is full")
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            noteBroken()
            return .unavailable("the database file is damaged")
        case SQLITE_IOERR:
            noteBroken()
            return .unavailable("the database file cannot be read or written")
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: return .unavailable("the database file cannot be opened")
        case SQLITE_NOMEM: return .unavailable("no memory")
        case SQLITE_READONLY: return .refused(sqlState: "25006", message: nil)
        case SQLITE_TOOBIG: return .refused(sqlState: "54000", message: nil)
        case SQLITE_MISMATCH: return .refused(sqlState: "42804", message: nil)
        case SQLITE_ERROR: return refusal(message)
        default: return .refused(sqlState: "XX000", message: nil)
        }
    }

    /// SQLite has one code for all mistakes in a statement; what it says tells them apart. It quotes the statement, in
    /// which no value stands.
    private func refusal(_ message: String) -> DatabaseError {
        let states: [(begin: String, state: String)] = [
            ("no such table", "42P01"), ("no such column", "42703"), ("no such function", "42883"),
            ("no such savepoint", "3B001"), ("no such index", "42704"), ("near ", "42601"),
            ("incomplete input", "42601"),
            ("unrecognized token", "42601"), ("ambiguous column", "42702"), ("integer overflow", "22003"),
            ("foreign key mismatch", "42830"),
        ]
        if let known = states.first(where: { message.hasPrefix($0.begin) }) {
            return .refused(sqlState: known.state, message: known.state == "22003" ? nil : message)
        }
        if message.hasSuffix("already exists") { return .refused(sqlState: "42P07", message: message) }
        // Functions speak of values: malformed JSON, a bad pattern.
        return .refused(sqlState: message.hasPrefix("malformed JSON") ? "22P02" : "42000", message: nil)
    }

    /// Messages end in what failed: `UNIQUE constraint failed: t.a, t.b`.
    private func constraintFailure(_ code: CInt, _ message: String, _ statement: String?) -> DatabaseError {
        let what = String(message.split(separator: ": ", maxSplits: 1).dropFirst().first ?? "")
        switch code {
        case Extended.unique, Extended.primaryKey, Extended.rowID:
            return .uniqueViolation(constraint: uniqueName(of: what, isPrimary: code != Extended.unique))
        case Extended.foreignKey:
            return .foreignKeyViolation(constraint: foreignKeyName(in: statement ?? ""))
        case Extended.check:
            return .checkViolation(constraint: what)
        case Extended.notNull:
            return .notNullViolation(column: String(what.split(separator: ".").last ?? ""))
        case Extended.datatype: return .refused(sqlState: "42804", message: nil)
        case Extended.trigger: return .refused(sqlState: "P0001", message: nil)
        default: return .refused(sqlState: "23000", message: nil)
        }
    }
}

/// SQLite's extended codes, which Swift does not import: macros that calculate.
private enum Extended {
    static let busySnapshot = SQLITE_BUSY | 2 << 8
    static let check = SQLITE_CONSTRAINT | 1 << 8
    static let foreignKey = SQLITE_CONSTRAINT | 3 << 8
    static let notNull = SQLITE_CONSTRAINT | 5 << 8
    static let primaryKey = SQLITE_CONSTRAINT | 6 << 8
    static let trigger = SQLITE_CONSTRAINT | 7 << 8
    static let unique = SQLITE_CONSTRAINT | 8 << 8
    static let rowID = SQLITE_CONSTRAINT | 10 << 8
    static let datatype = SQLITE_CONSTRAINT | 12 << 8
}
