/// Why a statement did not do its work. None carries a parameter's value, nor text of a server that might quote one.
package enum DatabaseError: Error, Hashable, Sendable {
    /// By the name of the constraint or index, as the schema calls it.
    case uniqueViolation(constraint: String)
    case foreignKeyViolation(constraint: String)
    case checkViolation(constraint: String)
    case notNullViolation(column: String)
    /// Two transactions that cannot be put into an order; one of them has to begin again.
    case serializationFailure
    case deadlock
    /// The statement took longer than it may.
    case timeout
    /// No connection could be made, or the server refuses work. Nothing was done.
    case unavailable(String)
    /// The connection broke after the statement was sent. Whether it was done is unknown.
    case connectionLost
    /// Too many wait for a connection, or one waited too long. Nothing was done.
    case poolExhausted
    /// The task that asked was cancelled. What it asked for was stopped, or was done already.
    case cancelled
    /// U+0000 in a text.
    case nulInText
    case unreadable(column: Int, wanted: SQLType, found: String)
    /// All else, as SQLSTATE, which the SQLite adapter translates to. The message only where it speaks of the
    /// statement's own text: syntax, unknown names.
    case refused(sqlState: String, message: String?)

    /// The same transaction may succeed when it is tried again.
    package var isWorthAnotherAttempt: Bool {
        switch self {
        case .serializationFailure, .deadlock: true
        default: false
        }
    }

    /// The database is not there or not able, which is nobody's mistake: answer 503.
    package var isUnavailability: Bool {
        switch self {
        case .unavailable, .connectionLost, .poolExhausted, .timeout: true
        default: false
        }
    }
}
