package import TradewindDomain
package import TradewindJSON

/// The kinds of values that every database here stores and gives back unchanged.
package enum SQLKind: UInt8, CaseIterable, Sendable {
    case bool, int16, int32, int64, double, decimal, text, uuid, timestamp, json, bytes
}

/// The type of a parameter or a column: a kind, or an array of it.
package struct SQLType: Hashable, Sendable {
    package let kind: SQLKind
    package let isArray: Bool

    package init(_ kind: SQLKind, isArray: Bool = false) { (self.kind, self.isArray) = (kind, isArray) }

    var code: UInt8 { kind.rawValue | (isArray ? 0x80 : 0) }
}

/// A parameter on its way to a database. `null` knows what it is the absence of.
package enum SQLValue: Hashable, Sendable {
    case null(SQLType)
    case bool(Bool)
    case int16(Int16)
    case int32(Int32)
    case int64(Int64)
    case double(Double)
    case decimal(ExactDecimal)
    /// Without U+0000, which PostgreSQL cannot store: adapters refuse it with `nulInText`.
    case text(String)
    case uuid(UUID)
    case timestamp(Timestamp)
    /// A JSON text. What comes back has the same value, not always the same white space or order of members.
    case json(JSONText)
    case bytes([UInt8])
    /// One dimension. Elements are of the kind, or null.
    case array(SQLKind, [SQLValue])

    package var type: SQLType {
        switch self {
        case .null(let type): type
        case .bool: SQLType(.bool)
        case .int16: SQLType(.int16)
        case .int32: SQLType(.int32)
        case .int64: SQLType(.int64)
        case .double: SQLType(.double)
        case .decimal: SQLType(.decimal)
        case .text: SQLType(.text)
        case .uuid: SQLType(.uuid)
        case .timestamp: SQLType(.timestamp)
        case .json: SQLType(.json)
        case .bytes: SQLType(.bytes)
        case .array(let kind, _): SQLType(kind, isArray: true)
        }
    }

    package var isNull: Bool {
        if case .null = self { true } else { false }
    }
}
