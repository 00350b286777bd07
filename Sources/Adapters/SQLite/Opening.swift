internal import CSQLite
internal import Glibc
internal import Synchronization
internal import TradewindLocks
internal import TradewindPersistence

/// Makes connections to one place, one after the other: two that turn a new file into one with a write-ahead log at the
/// same time would meet.
final class Opening: Sendable {
    private let settings: SQLiteSettings
    /// Of a database in memory, those that are not in use yet.
    private let spare: Lock<[Connection]?>

    init(_ settings: SQLiteSettings) {
        self.settings = settings
        spare = Lock(nil)
    }

    /// A reader refuses to write.
    func open(isReader: Bool) throws(DatabaseError) -> Connection {
        let connection = try spare.withLock { spare throws(DatabaseError) in
            switch settings.place {
            case .file(let path):
                try makeFolder(of: path)
                // A path is a path, also one that looks like a URI.
                return try connect(to: path.hasPrefix("/") ? path : "./\(path)")
            case .memory:
                if spare == nil { spare = try openMemory() }
                guard let connection = spare?.popLast() else { throw .unavailable("the memory is gone") }
                return connection
            }
        }
        if isReader { try connection.run("PRAGMA query_only = ON") }
        return connection
    }

    /// A database in memory that nobody else can open.
    func openAlone() throws(DatabaseError) -> Connection { try connect(to: ":memory:") }

    /// A file without a name in a file system of memory. SQLite's own databases in memory have no log, so that readers
    /// and the writer would wait for each other and a transaction could not be read around.
    private func openMemory() throws(DatabaseError) -> [Connection] {
        let parent = unsafe access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        var template = Array("\(parent)/tradewind-XXXXXX".utf8CString)
        let folder = unsafe template.withUnsafeMutableBufferPointer { name in
            unsafe name.baseAddress.flatMap { unsafe mkdtemp($0) }.map { unsafe String(cString: $0) }
        }
        guard let folder else { throw .unavailable("no memory file system") }
        defer {
            for suffix in ["", "-wal", "-shm"] { unsafe unlink("\(folder)/memory\(suffix)") }
            unsafe rmdir(folder)
        }
        var connections: [Connection] = []
        for _ in 0...max(settings.readers, 1) {
            let connection = try connect(to: "\(folder)/memory")
            // Opens the log and its index, which have names for a moment only.
            try connection.run("PRAGMA synchronous = OFF; SELECT count(*) FROM sqlite_schema")
            connections.append(connection)
        }
        return connections
    }

    private func makeFolder(of path: String) throws(DatabaseError) {
        var folder = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
            folder += part + "/"
            if part.isEmpty || part == "." || part == ".." { continue }
            let failure = unsafe mkdir(folder, 0o750) == 0 ? 0 : errno
            if failure != 0, failure != EEXIST {
                throw .unavailable("the folder \(folder) cannot be made: \(reason(failure))")
            }
        }
    }

    private func reason(_ number: CInt) -> String {
        unsafe strerror(number).map { unsafe String(cString: $0) } ?? "errno \(number)"
    }

    private func connect(to path: String) throws(DatabaseError) -> Connection {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = unsafe sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let database = unsafe handle else {
            let number = unsafe handle.map { unsafe sqlite3_system_errno($0) } ?? 0
            unsafe sqlite3_close(handle)
            throw .unavailable("\(path) cannot be opened: \(reason(number))")
        }
        unsafe tw_harden(database)
        try unsafe addDecimalOrder(database)
        let connection = unsafe Connection(database, settings)
        try connection.run(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA foreign_keys = ON;
            PRAGMA cell_size_check = ON;
            PRAGMA temp_store = MEMORY;
            PRAGMA case_sensitive_like = ON;
            PRAGMA journal_size_limit = 67108864;
            PRAGMA cache_size = -\(settings.pageCache);
            """)
        return connection
    }
}

private func addDecimalOrder(_ database: OpaquePointer) throws(DatabaseError) {
    let code = unsafe sqlite3_create_collation_v2(
        database, "decimal", SQLITE_UTF8, nil,
        { _, count, one, otherCount, other in
            // Safety: SQLite gives texts of these lengths, which stay while this runs.
            let one = unsafe UnsafeRawBufferPointer(start: one, count: Int(count))
            let other = unsafe UnsafeRawBufferPointer(start: other, count: Int(otherCount))
            return unsafe one.withMemoryRebound(to: UInt8.self) { one in
                unsafe other.withMemoryRebound(to: UInt8.self) { other in
                    CInt(decimalOrder(unsafe one.span, unsafe other.span))
                }
            }
        }, nil)
    guard code == SQLITE_OK else { throw .unavailable("no memory") }
}
