internal import TradewindPersistence

extension SQLiteTransaction {
    func stream(_ sql: SQL, _ body: (Rows) async throws -> Void) async throws {
        let reading = Reading()
        _ = try await ask { connection throws(DatabaseError) in
            reading.cursor = try connection.open(sql)
            return []
        }
        do {
            while let portion = try await portion(of: reading) { try await body(portion) }
        } catch {
            _ = note(error as? DatabaseError ?? .cancelled)
            await close(reading)
            throw error
        }
        await close(reading)
    }

    /// What is read bit by bit.
    ///
    /// Safety: `@unchecked Sendable` because only works of the lease touch the cursor, which run one after the other.
    private final class Reading: @unchecked Sendable { var cursor: Cursor? }

    /// So many rows, or so many bytes of text, are handed over at once.
    private static let portionRows = 512, portionBytes = 256 << 10

    private func portion(of reading: Reading) async throws(DatabaseError) -> Rows? {
        let answers = try await ask { _ throws(DatabaseError) in
            guard let cursor = reading.cursor else { return [] }
            let rows = try cursor.next(rows: Self.portionRows, bytes: Self.portionBytes)
            return rows.rows == 0 ? [] : [Rows(rows, affected: rows.rows)]
        }
        return answers.first
    }

    private func close(_ reading: Reading) async {
        _ = try? await lease.value?.insist { _ throws(DatabaseError) in
            reading.cursor?.close()
            reading.cursor = nil
            return []
        }
    }
}
