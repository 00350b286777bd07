internal import CSQLite
internal import TradewindPersistence

/// A statement of one connection. Used by one thread at a time, like the connection.
@safe final class PreparedStatement {
    let handle: OpaquePointer
    let columns: Int
    let isReadOnly: Bool
    /// When it was last used, for the cache.
    var lastUse = 0

    init(_ handle: OpaquePointer) {
        unsafe self.handle = unsafe handle
        columns = Int(unsafe sqlite3_column_count(handle))
        isReadOnly = unsafe sqlite3_stmt_readonly(handle) != 0
    }

    deinit { unsafe sqlite3_finalize(handle) }

    func step() -> CInt { unsafe sqlite3_step(handle) }

    /// Lets go of what it reads, and of the values.
    func reset() {
        unsafe sqlite3_reset(handle)
        unsafe sqlite3_clear_bindings(handle)
    }
}

/// The statements a connection keeps. One that is in use is not in it, so it can be used once more beside itself.
struct StatementCache {
    private let limit: Int
    private var statements: [Statement: PreparedStatement] = [:]
    private var uses = 0

    init(limit: Int) { self.limit = limit }

    mutating func take(_ statement: Statement) -> PreparedStatement? { statements.removeValue(forKey: statement) }

    mutating func put(_ prepared: PreparedStatement, for statement: Statement) {
        uses += 1
        prepared.lastUse = uses
        statements[statement] = prepared
        guard statements.count > limit else { return }
        // Rare: a program has few statements, and its literals are counted.
        if let oldest = statements.min(by: { $0.value.lastUse < $1.value.lastUse }) { statements[oldest.key] = nil }
    }
}
