internal import TradewindPersistence

/// What the server says of a failure (PostgreSQL, appendix A), in our words. Its own words may quote a parameter, so
/// only those about syntax and names are kept.
struct PostgresFailure {
    var sqlState = "", constraint = "", column = "", message = ""

    /// A prepared statement that the server has forgotten, or whose result has changed its shape since. Preparing it
    /// anew helps.
    var isStalePlan: Bool { sqlState == "26000" || sqlState == "0A000" && message.hasPrefix("cached plan") }

    var error: DatabaseError {
        switch sqlState {
        case "23505", "23P01": .uniqueViolation(constraint: constraint)
        case "23503": .foreignKeyViolation(constraint: constraint)
        case "23514": .checkViolation(constraint: constraint)
        case "23502": .notNullViolation(column: column)
        case "40001": .serializationFailure
        case "40P01": .deadlock
        // Whoever cancels a statement of ours is told so elsewhere: what is left is the server's clock.
        case "57014", "55P03", "25P03": .timeout
        case "22021" where message.contains("0x00"): .nulInText
        default: other
        }
    }

    private var other: DatabaseError {
        switch sqlState.prefix(2) {
        case "": .connectionLost
        case "08": .connectionLost
        case "53", "57", "58": .unavailable("the server refuses work (\(sqlState))")
        case "42": .refused(sqlState: sqlState, message: message)
        default: .refused(sqlState: sqlState, message: nil)
        }
    }
}
