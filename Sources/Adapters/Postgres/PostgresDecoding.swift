internal import CPostgres
internal import TradewindDomain
internal import TradewindJSON
internal import TradewindPersistence

/// Values out of PostgreSQL's binary format. Nil when the bytes are of another type or not what the type promises.
enum PostgresDecoding {
    static func bool(_ type: Oid, _ bytes: Span<UInt8>) -> Bool? {
        type == PostgresType.bool && bytes.count == 1 ? bytes[0] != 0 : nil
    }

    static func int64(_ type: Oid, _ bytes: Span<UInt8>) -> Int64? {
        switch (type, bytes.count) {
        case (PostgresType.int8, 8): Int64(bitPattern: bytes.bigEndian64(at: 0))
        case (PostgresType.int4, 4): Int64(Int32(bitPattern: bytes.bigEndian32(at: 0)))
        case (PostgresType.int2, 2): Int64(Int16(bitPattern: bytes.bigEndian16(at: 0)))
        case (PostgresType.oid, 4): Int64(bytes.bigEndian32(at: 0))
        default: nil
        }
    }

    static func double(_ type: Oid, _ bytes: Span<UInt8>) -> Double? {
        switch (type, bytes.count) {
        case (PostgresType.float8, 8): Double(bitPattern: bytes.bigEndian64(at: 0))
        case (PostgresType.float4, 4): Double(Float(bitPattern: bytes.bigEndian32(at: 0)))
        default: nil
        }
    }

    static func decimal(_ type: Oid, _ bytes: Span<UInt8>) -> ExactDecimal? {
        type == PostgresType.numeric
            ? PostgresNumeric.read(bytes) : int64(type, bytes).flatMap { ExactDecimal(Int128($0), scale: 0) }
    }

    /// The server checks that text is UTF-8 before it stores it.
    static func text(_ type: Oid, _ bytes: Span<UInt8>) -> String? {
        guard PostgresType.isText(type) else { return nil }
        return unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    static func uuid(_ type: Oid, _ bytes: Span<UInt8>) -> UUID? {
        guard type == PostgresType.uuid, bytes.count == 16 else { return nil }
        return UUID(high: bytes.bigEndian64(at: 0), low: bytes.bigEndian64(at: 8))
    }

    /// Nil for the infinities, which are the ends of the range.
    static func timestamp(_ type: Oid, _ bytes: Span<UInt8>) -> Timestamp? {
        guard type == PostgresType.timestamptz, bytes.count == 8 else { return nil }
        let since2000 = Int64(bitPattern: bytes.bigEndian64(at: 0))
        let (microseconds, overflow) = since2000.addingReportingOverflow(PostgresEncoding.epoch)
        return overflow || since2000 == .min ? nil : Timestamp(microseconds: microseconds)
    }

    static func json(_ type: Oid, _ bytes: Span<UInt8>) -> JSONText? {
        switch type {
        case PostgresType.json: JSONText(bytes: array(bytes))
        case PostgresType.jsonb where bytes.count > 0 && bytes[0] == 1:
            JSONText(bytes: array(bytes.extracting(1..<bytes.count)))
        default: nil
        }
    }

    static func bytes(_ type: Oid, _ bytes: Span<UInt8>) -> [UInt8]? {
        type == PostgresType.bytea ? array(bytes) : nil
    }

    private static func array(_ bytes: Span<UInt8>) -> [UInt8] {
        unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// Of an array with one dimension (array_send): dimensions, whether there are nulls, type; length and lowest index;
    /// then each element behind its length.
    static func elements(_ bytes: Span<UInt8>, of kind: SQLKind) -> [SQLValue]? {
        guard bytes.count >= 12 else { return nil }
        let dimensions = bytes.bigEndian32(at: 0), type = bytes.bigEndian32(at: 8)
        if dimensions == 0 { return [] }
        guard dimensions == 1, bytes.count >= 20 else { return nil }
        var elements: [SQLValue] = []
        var at = 20
        for _ in 0..<bytes.bigEndian32(at: 12) {
            guard bytes.count - at >= 4 else { return nil }
            let length = Int(Int32(bitPattern: bytes.bigEndian32(at: at)))
            at += 4
            if length < 0 {
                elements.append(.null(SQLType(kind)))
                continue
            }
            guard bytes.count - at >= length, let value = value(type, bytes.extracting(at..<at + length), kind)
            else { return nil }
            elements.append(value)
            at += length
        }
        return elements
    }

    private static func value(_ type: Oid, _ bytes: Span<UInt8>, _ kind: SQLKind) -> SQLValue? {
        switch kind {
        case .bool: bool(type, bytes).map { .bool($0) }
        case .int16, .int32, .int64: int64(type, bytes).map { .int64($0) }
        case .double: double(type, bytes).map { .double($0) }
        case .decimal: decimal(type, bytes).map { .decimal($0) }
        case .text: text(type, bytes).map { .text($0) }
        case .uuid: uuid(type, bytes).map { .uuid($0) }
        case .timestamp: timestamp(type, bytes).map { .timestamp($0) }
        case .json: json(type, bytes).map { .json($0) }
        case .bytes: self.bytes(type, bytes).map { .bytes($0) }
        }
    }
}
