internal import TradewindPersistence
internal import TradewindReactor

extension PostgresSession {
    /// A portion ends with so many rows, or bytes.
    private static let rows = 256, bytes = 256 * 1_024

    func stream(_ sql: SQL, _ body: (Rows) async throws -> Void) async throws {
        let exchange = try await plain()
        do {
            try await pool.enter { [self] _ throws(DatabaseError) in try await send(sql, exchange) }
            while let rows = try await pool.enter({ _ throws(DatabaseError) in try await Self.portion(exchange) }) {
                try await body(rows)
            }
            _ = await over(exchange) { await $0.end() }
        } catch {
            _ = await over(exchange) {
                await $0.abandon()
                return nil
            }
            throw error
        }
    }

    /// Takes the exchange to its end on its loop, whatever happens to the task.
    func over(
        _ exchange: PlainExchange, _ body: @escaping @Sendable (PlainExchange) async -> DatabaseError?
    ) async -> DatabaseError? {
        do {
            return try await pool.enter { _ throws(DatabaseError) in await body(exchange) }
        } catch { return error }
    }

    private func send(_ sql: SQL, _ exchange: PlainExchange) async throws(DatabaseError) {
        try exchange.link.fill(sql.values)
        guard exchange.link.execute(sql.statement), exchange.link.takeRowsOneByOne() else {
            connection.broke()
            throw .connectionLost
        }
        try await exchange.flushed()
    }

    private static func portion(_ exchange: PlainExchange) async throws(DatabaseError) -> Rows? {
        var parts: [PostgresRows] = []
        var size = 0
        while parts.count < rows, size < bytes {
            switch try await exchange.step() {
            case .answer(let one):
                // The last answer has no row: it says that all were there.
                guard let part = one.source as? PostgresRows, part.rows > 0 else { continue }
                parts.append(part)
                size += part.size
            case .failed(let error): throw error.error
            case .end:
                return parts.isEmpty ? nil : Rows(PostgresRows(parts), affected: parts.count)
            default: continue
            }
        }
        return Rows(PostgresRows(parts), affected: parts.count)
    }
}
