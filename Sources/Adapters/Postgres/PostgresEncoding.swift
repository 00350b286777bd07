internal import CPostgres
internal import TradewindDomain
internal import TradewindJSON
internal import TradewindPersistence

/// Values as PostgreSQL's binary format has them.
enum PostgresEncoding {
    /// PostgreSQL counts from 2000.
    static let epoch: Int64 = 946_684_800_000_000

    /// Appends a value that is not null.
    static func append(_ value: SQLValue, to bytes: inout [UInt8]) throws(DatabaseError) {
        switch value {
        case .null: break
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .int16(let value): bytes.append(bigEndian: value)
        case .int32(let value): bytes.append(bigEndian: value)
        case .int64(let value): bytes.append(bigEndian: value)
        case .double(let value): bytes.append(bigEndian: value.bitPattern)
        case .decimal(let value): PostgresNumeric.append(value, to: &bytes)
        case .text(let value): try append(value, to: &bytes)
        case .uuid(let value):
            bytes.append(bigEndian: value.high)
            bytes.append(bigEndian: value.low)
        case .timestamp(let value):
            let (since2000, overflow) = value.microseconds.subtractingReportingOverflow(epoch)
            guard !overflow else { throw .refused(sqlState: "22008", message: "a moment before all history") }
            bytes.append(bigEndian: since2000)
        case .json(let value):
            bytes.append(1)  // the version of the format
            bytes.append(contentsOf: value.bytes)
        case .bytes(let value): bytes.append(contentsOf: value)
        case .array(let kind, let elements): try append(elements, of: kind, to: &bytes)
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) throws(DatabaseError) {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        if bytes.span.extracting(start..<bytes.count).contains(0) { throw .nulInText }
    }

    private static func append(
        _ elements: [SQLValue], of kind: SQLKind, to bytes: inout [UInt8]
    ) throws(DatabaseError) {
        bytes.append(bigEndian: Int32(elements.isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(elements.contains(where: \.isNull) ? 1 : 0))
        bytes.append(bigEndian: PostgresType.scalar(kind))
        if elements.isEmpty { return }
        bytes.append(bigEndian: Int32(clamping: elements.count))
        bytes.append(bigEndian: Int32(1))  // the lowest index
        for element in elements { try appendSized(element, to: &bytes) }
    }

    /// With its length in front, -1 for null.
    static func appendSized(_ value: SQLValue, to bytes: inout [UInt8]) throws(DatabaseError) {
        if value.isNull { return bytes.append(bigEndian: Int32(-1)) }
        let start = bytes.count
        bytes.append(bigEndian: Int32(0))
        try append(value, to: &bytes)
        let length = Int32(clamping: bytes.count - start - 4)
        for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * Int32(index))) }
    }
}

extension Span<UInt8> {
    func contains(_ byte: UInt8) -> Bool {
        for index in indices where self[index] == byte { return true }
        return false
    }
}
