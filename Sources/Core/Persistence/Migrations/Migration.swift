/// A step of a schema: numbered, named, and never changed once it has been applied anywhere.
package struct Migration: Hashable, Sendable {
    package let number: Int
    package let name: String
    private let postgres: SQLScript, sqlite: SQLScript

    /// One text that all databases understand.
    package init(_ number: Int, _ name: String, _ script: SQLScript) {
        self.init(number, name, postgres: script, sqlite: script)
    }

    /// Where they differ.
    package init(_ number: Int, _ name: String, postgres: SQLScript, sqlite: SQLScript) {
        (self.number, self.name, self.postgres, self.sqlite) = (number, name, postgres, sqlite)
    }

    package func script(for dialect: Dialect) -> SQLScript { dialect == .postgres ? postgres : sqlite }

    /// `0003_orders_by_user`
    package var title: String { Self.title(number: number, name: name) }

    static func title(number: Int, name: String) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits + "_" + name
    }
}

/// The migrations of one owner (a service, the outbox), which may share a database with others. They count up from 1;
/// whoever applies them looks whether they do.
package struct MigrationSet: Hashable, Sendable {
    package let owner: String
    package let migrations: [Migration]

    package init(_ owner: String, _ migrations: [Migration]) {
        (self.owner, self.migrations) = (owner, migrations)
    }
}

/// Why a service does not start on its database.
package enum MigrationError: Error, Hashable, Sendable, CustomStringConvertible {
    case misnumbered(owner: String, title: String, expected: Int)
    /// The text differs from the one that was applied.
    case changed(owner: String, title: String)
    /// The database has steps that this program does not know: it was made by a newer one.
    case unknown(owner: String, number: Int, name: String)
    case failed(owner: String, title: String, DatabaseError)

    package var description: String {
        switch self {
        case .misnumbered(let owner, let title, let expected):
            "migration \(title) of \(owner) should have number \(expected)"
        case .changed(let owner, let title):
            "migration \(title) of \(owner) was changed after it was applied; restore it and add a new one"
        case .unknown(let owner, let number, let name):
            "the database has migration \(number) (\(name)) of \(owner), which this program does not know: it is too old"
        case .failed(let owner, let title, let error): "migration \(title) of \(owner) failed: \(error)"
        }
    }
}
