internal import CPostgres
internal import TradewindJSON
internal import TradewindPersistence
internal import TradewindReactor

extension PostgresSession {
    /// COPY in its binary form (PostgreSQL, "COPY", "Binary Format").
    func load(_ table: BulkTable, _ body: (any BulkLoader) async throws -> Void) async throws -> Int {
        let exchange = try await plain()
        do {
            let loader = try await pool.enter { [self] _ throws(DatabaseError) in try await begin(table, exchange) }
            try await body(loader)
            try await pool.enter { _ throws(DatabaseError) in try await loader.finish() }
            if let failure = await over(exchange, { await $0.end() }) { throw failure }
            return loader.count
        } catch {
            // A failure that the server reported has ended the COPY already.
            let failure = await over(exchange) { exchange in
                _ = exchange.link.endCopy(because: "given up")
                exchange.connection.flush()
                return await exchange.end()
            }
            throw failure.flatMap { error is DatabaseError && $0 != .cancelled && !$0.isOurEnding ? $0 : nil } ?? error
        }
    }

    private func begin(_ table: BulkTable, _ exchange: PlainExchange) async throws(DatabaseError) -> CopyLoader {
        let names = table.columns.map(\.description).joined(separator: ", ")
        let empty = try await rows(of: "SELECT \(names) FROM \(table.name) WHERE false", exchange)
        let types = (0..<empty.columns).map(empty.type)
        guard exchange.link.execute("COPY \(table.description) FROM STDIN (FORMAT binary)") else {
            connection.broke()
            throw .connectionLost
        }
        try await exchange.flushed()
        while true {
            switch try await exchange.step() {
            case .copyIn: return CopyLoader(exchange, types)
            case .failed(let error): throw error.error
            case .end: throw .connectionLost
            default: continue
            }
        }
    }

    private func rows(of text: String, _ exchange: PlainExchange) async throws(DatabaseError) -> PostgresRows {
        guard exchange.link.execute(text) else {
            connection.broke()
            throw .connectionLost
        }
        try await exchange.flushed()
        var rows = PostgresRows.none
        while true {
            switch try await exchange.step() {
            case .answer(let answer): rows = answer.source as? PostgresRows ?? rows
            case .failed(let error): throw error.error
            case .end: return rows
            default: continue
            }
        }
    }
}

extension DatabaseError {
    /// The server repeats the reason with which a COPY is given up as a failure of its own.
    fileprivate var isOurEnding: Bool { self == .timeout }
}

/// Safety: `@unchecked Sendable` because it is used on the exchange's loop only, to which `add` goes by itself.
final class CopyLoader: BulkLoader, @unchecked Sendable {
    private static let portion = 64 * 1_024
    private let exchange: PlainExchange
    private let types: [Oid]
    private(set) var count = 0
    private var bytes: [UInt8]

    init(_ exchange: PlainExchange, _ types: [Oid]) {
        (self.exchange, self.types) = (exchange, types)
        bytes = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [0, 0, 0, 0, 0, 0, 0, 0]
    }

    func add(_ values: [SQLValue]) async throws(DatabaseError) {
        try await exchange.connection.pool.enter { [self] _ throws(DatabaseError) in
            try append(values)
            if bytes.count >= Self.portion { try await send() }
        }
    }

    private func append(_ values: [SQLValue]) throws(DatabaseError) {
        guard values.count == types.count else {
            throw .refused(sqlState: "42601", message: "\(values.count) values for \(types.count) columns")
        }
        bytes.append(bigEndian: Int16(clamping: values.count))
        for (value, type) in zip(values, types) {
            try PostgresEncoding.appendSized(Self.fitting(value, type), to: &bytes)
        }
        count += 1
    }

    /// COPY casts nothing: a value must be of its column's type to the byte.
    private static func fitting(_ value: SQLValue, _ type: Oid) throws(DatabaseError) -> SQLValue {
        if PostgresType.of(value.type) == type || value.isNull { return value }
        switch (value, type) {
        case (.int16(let number), _): return try integer(Int64(number), type)
        case (.int32(let number), _): return try integer(Int64(number), type)
        case (.int64(let number), _): return try integer(number, type)
        case (.text, _) where PostgresType.isText(type): return value
        case (.json(let text), PostgresType.json): return .bytes(text.bytes)
        default: throw .refused(sqlState: "42804", message: "a value of another type than its column")
        }
    }

    private static func integer(_ number: Int64, _ type: Oid) throws(DatabaseError) -> SQLValue {
        let value: SQLValue? =
            switch type {
            case PostgresType.int2: Int16(exactly: number).map { .int16($0) }
            case PostgresType.int4: Int32(exactly: number).map { .int32($0) }
            case PostgresType.int8: .int64(number)
            case PostgresType.numeric: .decimal(.init(Int(number)))
            default: nil
            }
        guard let value else { throw .refused(sqlState: "22003", message: "an integer that its column cannot hold") }
        return value
    }

    private func send() async throws(DatabaseError) {
        while true {
            switch exchange.link.put(bytes) {
            case .done:
                bytes.removeAll(keepingCapacity: true)
                return try await exchange.flushed()
            case .full: try await exchange.flushed()
            case .broken: throw .connectionLost
            }
        }
    }

    func finish() async throws(DatabaseError) {
        bytes.append(bigEndian: Int16(-1))
        try await send()
        guard exchange.link.endCopy(because: nil) != .broken else { throw .connectionLost }
        try await exchange.flushed()
    }
}
