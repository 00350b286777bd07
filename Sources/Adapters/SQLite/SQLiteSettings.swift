/// How a process uses its database.
package struct SQLiteSettings: Sendable {
    package enum Place: Hashable, Sendable {
        /// The file, and the folders above it, are made when they are missing.
        case file(String)
        /// Nobody else sees it, and it is gone when the last of its connections is.
        case memory
    }

    package var place: Place
    /// Reads that run at the same time, each on a thread of its own that starts when it is first needed.
    package var readers = 4
    /// How many callers may wait for the writer, and how many for a reader. Those beyond are refused at once.
    package var waitingLimit = 4_096
    /// How long one may wait.
    package var waitTimeout = Duration.milliseconds(1_500)
    /// A statement that takes longer is ended.
    package var statementTimeout = Duration.seconds(30)
    /// How long another process may hold the file.
    package var busyTimeout = Duration.seconds(5)
    /// How many writes share a commit at most.
    package var groupLimit = 256
    /// Prepared statements that a connection keeps. The one used longest ago goes first.
    package var preparedStatements = 256
    /// Pages of the file that a connection keeps in memory, in KiB.
    package var pageCache = 4_096

    package init(_ place: Place) { self.place = place }
}
