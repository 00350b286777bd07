internal import CPostgres
internal import TradewindPersistence

/// The types that PostgreSQL's catalogue numbers the same everywhere (pg_type.dat).
enum PostgresType {
    static let bool: Oid = 16, bytea: Oid = 17, name: Oid = 19, int8: Oid = 20, int2: Oid = 21, int4: Oid = 23
    static let text: Oid = 25, oid: Oid = 26, json: Oid = 114, xml: Oid = 142, float4: Oid = 700, float8: Oid = 701
    static let unknown: Oid = 705, bpchar: Oid = 1042, varchar: Oid = 1043, timestamptz: Oid = 1184
    static let numeric: Oid = 1700, uuid: Oid = 2950, jsonb: Oid = 3802
    /// The first number that user-made types get; of those only enumerations and domains come this far, as text.
    static let firstOfUsers: Oid = 16_384

    static func of(_ type: SQLType) -> Oid { type.isArray ? array(of: type.kind) : scalar(type.kind) }

    static func scalar(_ kind: SQLKind) -> Oid {
        switch kind {
        case .bool: bool
        case .int16: int2
        case .int32: int4
        case .int64: int8
        case .double: float8
        case .decimal: numeric
        case .text: text
        case .uuid: uuid
        case .timestamp: timestamptz
        case .json: jsonb
        case .bytes: bytea
        }
    }

    private static func array(of kind: SQLKind) -> Oid {
        switch kind {
        case .bool: 1000
        case .int16: 1005
        case .int32: 1007
        case .int64: 1016
        case .double: 1022
        case .decimal: 1231
        case .text: 1009
        case .uuid: 2951
        case .timestamp: 1185
        case .json: 3807
        case .bytes: 1001
        }
    }

    static func isText(_ type: Oid) -> Bool {
        switch type {
        case text, varchar, bpchar, name, unknown, json, xml: true
        default: type >= firstOfUsers
        }
    }
}
