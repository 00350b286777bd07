internal import CPostgres
internal import CPostgresLoader
internal import Glibc
internal import TradewindPersistence

/// One libpq connection, never blocking: what can be done now is done, and `wait` says that the socket has to tell.
///
/// Safety: `@unchecked Sendable` because one thread has it at a time, which is what `PGconn` asks for: a worker until
/// it is made, for names are looked up then, and its loop ever after. Strings and rows are copied, or owned by what is
/// handed out.
@safe final class Link: @unchecked Sendable {
    enum Step {
        case wait
        /// The results of one statement end here.
        case end
        case answer(Rows)
        case failed(PostgresFailure)
        /// Not done, for one before it in the trip failed.
        case skipped
        /// The trip is over: what it did is done for good, or undone.
        case synced
        case copyIn
    }

    private let raw: OpaquePointer
    private var parameters = Parameters()

    /// Nil when there is no memory for one, or no libpq.
    init?(_ words: [(key: String, value: String)]) {
        guard tw_load_libpq() else { return nil }
        let keys = CStrings(words.map(\.key)), values = CStrings(words.map(\.value))
        guard let raw = unsafe PQconnectStartParams(keys.pointers, values.pointers, 1) else { return nil }
        unsafe self.raw = raw
    }

    deinit { unsafe PQfinish(raw) }

    // MARK: The connection

    enum Opening { case reading, writing, open, failed }

    func poll() -> Opening {
        switch unsafe PQconnectPoll(raw) {
        case PGRES_POLLING_READING: .reading
        case PGRES_POLLING_WRITING: .writing
        case PGRES_POLLING_OK: .open
        default: .failed
        }
    }

    var isBroken: Bool { unsafe PQstatus(raw) == CONNECTION_BAD }
    var socket: CInt { unsafe PQsocket(raw) }

    /// What libpq says last, in one line.
    var message: String {
        let message = unsafe PQerrorMessage(raw).map { unsafe String(cString: $0) } ?? ""
        return message.split(separator: "\n").first.map(String.init) ?? "no reason given"
    }

    func becomeNonBlocking() -> Bool {
        // Notices go to stderr otherwise.
        unsafe PQsetNoticeProcessor(raw, { _, _ in }, nil)
        return unsafe PQsetnonblocking(raw, 1) == 0
    }

    func enterPipeline() -> Bool { unsafe PQenterPipelineMode(raw) == 1 }
    func exitPipeline() -> Bool { unsafe PQexitPipelineMode(raw) == 1 }
    var isInTransaction: Bool { unsafe PQtransactionStatus(raw) != PQTRANS_IDLE }

    /// Reads what the socket has. False when the connection is broken.
    func receive() -> Bool { unsafe PQconsumeInput(raw) == 1 }

    enum Flushed { case all, partly, broken }

    func flush() -> Flushed {
        switch unsafe PQflush(raw) {
        case 0: .all
        case 1: .partly
        default: .broken
        }
    }

    // MARK: Sending. False when the connection is broken.

    func prepare(_ name: String, _ statement: Statement) -> Bool {
        let types = statement.parameters.map(PostgresType.of)
        return unsafe PQsendPrepare(raw, name, statement.text, CInt(types.count), types) == 1
    }

    func fill(_ values: [SQLValue]) throws(DatabaseError) { try parameters.fill(values) }

    /// With the parameters that were filled in last.
    func execute(prepared name: String) -> Bool {
        unsafe parameters.withPointers {
            unsafe PQsendQueryPrepared(raw, name, $0.count, $0.values, $0.lengths, $0.formats, 1) == 1
        }
    }

    func execute(_ statement: Statement) -> Bool {
        let types = statement.parameters.map(PostgresType.of)
        return unsafe parameters.withPointers {
            unsafe PQsendQueryParams(raw, statement.text, $0.count, types, $0.values, $0.lengths, $0.formats, 1) == 1
        }
    }

    func execute(_ text: String) -> Bool { unsafe PQsendQueryParams(raw, text, 0, nil, nil, nil, nil, 1) == 1 }

    /// Several statements; outside of a pipeline.
    func run(script: String) -> Bool { unsafe PQsendQuery(raw, script) == 1 }

    func sync() -> Bool { unsafe PQpipelineSync(raw) == 1 }

    /// Each row a result, of the statement sent last; outside of a pipeline.
    func takeRowsOneByOne() -> Bool { unsafe PQsetSingleRowMode(raw) == 1 }

    enum Put { case done, full, broken }

    func put(_ bytes: [UInt8]) -> Put {
        let sent = unsafe bytes.withUnsafeBytes {
            unsafe PQputCopyData(raw, $0.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(clamping: $0.count))
        }
        return sent == 1 ? .done : sent == 0 ? .full : .broken
    }

    func endCopy(because reason: String?) -> Put {
        let sent = unsafe PQputCopyEnd(raw, reason)
        return sent == 1 ? .done : sent == 0 ? .full : .broken
    }

    // MARK: Receiving

    func next() -> Step {
        guard unsafe PQisBusy(raw) == 0 else { return .wait }
        guard let result = unsafe PQgetResult(raw) else { return .end }
        let status = unsafe PQresultStatus(result)
        switch status {
        case PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE:
            let rows = unsafe PostgresRows(result)
            return .answer(Rows(rows, affected: rows.rows))
        case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            let affected = unsafe atoi(PQcmdTuples(result))
            unsafe PQclear(result)
            return .answer(Rows(PostgresRows.none, affected: Int(affected)))
        default: break
        }
        defer { unsafe PQclear(result) }
        switch status {
        case PGRES_PIPELINE_SYNC: return .synced
        case PGRES_PIPELINE_ABORTED: return .skipped
        case PGRES_COPY_IN: return .copyIn
        default: return unsafe .failed(PostgresFailure(result))
        }
    }

    func notification() -> (channel: String, payload: String)? {
        guard let notice = unsafe PQnotifies(raw) else { return nil }
        defer { unsafe PQfreemem(notice) }
        return unsafe (String(cString: notice.pointee.relname), String(cString: notice.pointee.extra))
    }

    /// What another thread can stop the running statement with.
    func canceller() -> Canceller? { unsafe PQgetCancel(raw).map { unsafe Canceller($0) } }
}

/// Safety: `@unchecked Sendable` because libpq made it a copy for use on another thread; used there once.
@safe final class Canceller: @unchecked Sendable {
    private let raw: OpaquePointer

    init(_ raw: OpaquePointer) { unsafe self.raw = raw }

    deinit { unsafe PQfreeCancel(raw) }

    /// Asks the server to stop what the connection is doing. Blocks: it makes a connection of its own.
    func cancel() {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) {
            _ = unsafe PQcancel(raw, $0.baseAddress, 256)
        }
    }
}

/// Strings for C, with a null behind the last.
@safe private final class CStrings {
    private var copies: [UnsafeMutablePointer<CChar>?]
    let pointers: [UnsafePointer<CChar>?]

    init(_ strings: [String]) {
        unsafe copies = strings.map { unsafe strdup($0) }
        unsafe pointers = copies.map { unsafe UnsafePointer($0) } + [nil]
    }

    deinit { unsafe copies.forEach { unsafe free($0) } }
}

extension PostgresFailure {
    init(_ result: OpaquePointer) {
        func field(_ code: Character) -> String {
            guard let code = code.asciiValue, let text = unsafe PQresultErrorField(result, CInt(code)) else {
                return ""
            }
            return unsafe String(cString: text)
        }
        (sqlState, constraint, column, message) = (field("C"), field("n"), field("c"), field("M"))
    }
}
