internal import CPostgres
internal import CPostgresLoader

/// How a process uses its database.
package struct PostgresSettings: Sendable {
    /// A connection string as libpq takes it: `postgresql://user:secret@host:5432/name?sslmode=verify-full`, or words
    /// `host=… dbname=…`. What it leaves open is taken from the environment (`PGPASSWORD`, `PGSSLROOTCERT`, …).
    package var connection: String
    /// In all, spread over the loops; each loop has one at least.
    package var connections = 16
    /// How many callers of a loop may wait for a connection. Those beyond are refused at once.
    package var waitingLimit = 1_024
    /// How long one may wait.
    package var waitTimeout = Duration.milliseconds(1_500)
    package var connectTimeout = Duration.milliseconds(1_500)
    /// The server ends a statement that takes longer.
    package var statementTimeout = Duration.seconds(30)
    /// Prepared statements that a connection keeps. The one used longest ago goes first.
    package var preparedStatements = 256
    /// A server that answers nothing for so long is looked at: one that is only slow accepts another connection.
    package var silence = Duration.milliseconds(900)

    package init(_ connection: String) { self.connection = connection }
}

extension PostgresSettings {
    private static let sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]

    /// What keeps libpq from understanding a connection string, without what it quotes: that may be a password.
    package static func problem(in connection: String) -> String? {
        guard tw_load_libpq() else { return "libpq.so.5 cannot be loaded; Debian has it in libpq5" }
        var message: UnsafeMutablePointer<CChar>?
        // Safety: both are libpq's own copies, freed here; the array ends with an option that has no name.
        guard let options = unsafe PQconninfoParse(connection, &message) else {
            defer { unsafe PQfreemem(message) }
            let text = unsafe message.map { unsafe String(cString: $0) } ?? "no memory"
            return text.split(separator: "\n").first?.split(separator: ":").first.map(String.init) ?? "not understood"
        }
        defer { unsafe PQconninfoFree(options) }
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            defer { unsafe option += 1 }
            guard unsafe String(cString: keyword) == "sslmode", let value = unsafe option.pointee.val else { continue }
            if unsafe !sslModes.contains(String(cString: value)) {
                return "sslmode must be one of " + sslModes.joined(separator: ", ")
            }
        }
        return nil
    }
}
