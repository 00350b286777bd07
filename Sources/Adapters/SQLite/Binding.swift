internal import CSQLite
internal import TradewindDomain
internal import TradewindJSON
internal import TradewindPersistence

extension PreparedStatement {
    func bind(_ values: [SQLValue]) throws(DatabaseError) {
        for (index, value) in values.enumerated() { try bind(value, at: CInt(index + 1)) }
    }

    private func bind(_ value: SQLValue, at index: CInt) throws(DatabaseError) {
        let code =
            switch value {
            case .null: unsafe sqlite3_bind_null(handle, index)
            case .bool(let value): unsafe sqlite3_bind_int64(handle, index, value ? 1 : 0)
            case .int16(let value): unsafe sqlite3_bind_int64(handle, index, Int64(value))
            case .int32(let value): unsafe sqlite3_bind_int64(handle, index, Int64(value))
            case .int64(let value): unsafe sqlite3_bind_int64(handle, index, value)
            case .timestamp(let value): unsafe sqlite3_bind_int64(handle, index, value.microseconds)
            case .double(let value): try bind(value, at: index)
            case .decimal(let value): try bind(text: value.description, at: index)
            case .text(let value): try bind(text: value, at: index)
            case .uuid(let value): try bind(text: value.description, at: index)
            case .json(let value): try bind(text: value.description, at: index)
            case .bytes(let value): bind(bytes: value, at: index)
            case .array(_, let values): try bind(text: ArrayText.write(values), at: index)
            }
        switch code {
        case SQLITE_OK: return
        case SQLITE_TOOBIG: throw .refused(sqlState: "54000", message: nil)
        case SQLITE_NOMEM: throw .unavailable("no memory")
        default: throw .refused(sqlState: "08P01", message: "the statement has fewer parameters than values")
        }
    }

    /// SQLite would store NULL.
    private func bind(_ value: Double, at index: CInt) throws(DatabaseError) -> CInt {
        if value.isNaN { throw .refused(sqlState: "22003", message: nil) }
        return unsafe sqlite3_bind_double(handle, index, value)
    }

    private func bind(text: String, at index: CInt) throws(DatabaseError) -> CInt {
        if text.utf8.contains(0) { throw .nulInText }
        guard let count = CInt(exactly: text.utf8.count) else { return SQLITE_TOOBIG }
        return unsafe tw_bind_text(handle, index, text, count)
    }

    private func bind(bytes: [UInt8], at index: CInt) -> CInt {
        guard !bytes.isEmpty else { return unsafe sqlite3_bind_zeroblob(handle, index, 0) }
        guard let count = CInt(exactly: bytes.count) else { return SQLITE_TOOBIG }
        return unsafe bytes.withUnsafeBytes { bytes in
            unsafe tw_bind_blob(handle, index, bytes.baseAddress, count)
        }
    }
}
