package import TradewindDomain
package import TradewindJSON

// The kinds as Swift types. One shape each: what it is bound as, how it is read, how it is taken out of an array.

extension Bool: SQLScalar {
    package static var sqlKind: SQLKind { .bool }
    package var sqlValue: SQLValue { .bool(self) }
    package static func read(from row: Row, at column: Int) throws(DatabaseError) -> Bool {
        try row.source.bool(row.index, column)
    }
    package init?(_ value: SQLValue) {
        guard case .bool(let value) = value else { return nil }
        self = value
    }
}

/// Read from a column of any width whose value fits.
package protocol SQLInteger: SQLScalar, FixedWidthInteger {}

extension SQLInteger {
    package static func read(from row: Row, at column: Int) throws(DatabaseError) -> Self {
        let wide = try row.source.int64(row.index, column)
        guard let value = Self(exactly: wide) else {
            throw .unreadable(column: column, wanted: sqlType, found: "a number that is too large")
        }
        return value
    }
    package init?(_ value: SQLValue) {
        switch value {
        case .int16(let value): self.init(exactly: value)
        case .int32(let value): self.init(exactly: value)
        case .int64(let value): self.init(exactly: value)
        default: return nil
        }
    }
}

extension Int: SQLInteger {
    package static var sqlKind: SQLKind { .int64 }
    package var sqlValue: SQLValue { .int64(Int64(self)) }
}

extension Int64: SQLInteger {
    package static var sqlKind: SQLKind { .int64 }
    package var sqlValue: SQLValue { .int64(self) }
}

extension Int32: SQLInteger {
    package static var sqlKind: SQLKind { .int32 }
    package var sqlValue: SQLValue { .int32(self) }
}

extension Int16: SQLInteger {
    package static var sqlKind: SQLKind { .int16 }
    package var sqlValue: SQLValue { .int16(self) }
}

extension Double: SQLScalar {
    package static var sqlKind: SQLKind { .double }
    package var sqlValue: SQLValue { .double(self) }
    package static func read(from row: Row, at column: Int) throws(DatabaseError) -> Double {
        try row.source.double(row.index, column)
    }
    package init?(_ value: SQLValue) {
        guard case .double(let value) = value else { return nil }
        self = value
    }
}

extension ExactDecimal: SQLScalar {
    package static var sqlKind: SQLKind { .decimal }
    package var sqlValue: SQLValue { .decimal(self) }
    package static func read(from row: Row, at column: Int) throws(DatabaseError) -> ExactDecimal {
        try row.source.decimal(row.index, column)
    }
    package init?(_ value: SQLValue) {
        guard case .decimal(let value) = value else { return nil }
        self = value
    }
}

extension String: SQLScalar {
    package static var sqlKind: SQLKind { .text }
    package var sqlValue: SQLValue { .text(self) }
    package static func read(from row: Row, at column: Int) throws(DatabaseError) -> String {
        try row.source.text(row.index, column)
    }
    package init?(_ value: SQLValue) {
        guard case .text(let value) = value else { return nil }
        self = value
    }
}

extension UUID: SQLScalar {
    package static var sqlKind: SQLKind { .uuid }
    package var sqlValue: SQLValue { .uuid(self) }
    package static func read(from row: Row, at column: Int) throws(DatabaseError) -> UUID {
        try row.source.uuid(row.index, column)
    }
    package init?(_ value: SQLValue) {
        guard case .uuid(let value) = value else { return nil }
        self = value
    }
}

extension Timestamp: SQLScalar {
    package static var sqlKind: SQLKind { .timestamp }
    package var sqlValue: SQLValue { .timestamp(self) }
    package static func read(from row: Row, at column: Int) throws(DatabaseError) -> Timestamp {
        try row.source.timestamp(row.index, column)
    }
    package init?(_ value: SQLValue) {
        guard case .timestamp(let value) = value else { return nil }
        self = value
    }
}

extension JSONText: SQLScalar {
    package static var sqlKind: SQLKind { .json }
    package var sqlValue: SQLValue { .json(self) }
    package static func read(from row: Row, at column: Int) throws(DatabaseError) -> JSONText {
        try row.source.json(row.index, column)
    }
    package init?(_ value: SQLValue) {
        guard case .json(let value) = value else { return nil }
        self = value
    }
}
