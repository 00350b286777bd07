/// A step of a schema: numbered, named, and never changed once it has been applied anywhere.
package struct Migration: Sendable {
    package let number: Int
    package let name: String
    private let scripts: @Sendable (Dialect) -> SQLScript

    /// One text that all databases understand.
    package init(_ number: Int, _ name: String, _ script: SQLScript) {
        (self.number, self.name) = (number, name)
        scripts = { _ in script }
    }

    /// Where they differ.
    package init(_ number: Int, _ name: String, postgres: SQLScript, sqlite: SQLScript) {
        (self.number, self.name) = (number, name)
        scripts = { $0 == .postgres ? postgres : sqlite }
    }

    package func script(for dialect: Dialect) -> SQLScript { scripts(dialect) }

    /// `0003_orders_by_user`
    package var title: String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits + "_" + name
    }
}

/// The migrations of one owner (a service, the outbox), which may share a database with others.
package struct MigrationSet: Sendable {
    package let owner: String
    package let migrations: [Migration]

    /// - Throws: when the numbers do not count up from 1.
    package init(_ owner: String, _ migrations: [Migration]) throws(MigrationError) {
        for (index, migration) in migrations.enumerated() where migration.number != index + 1 {
            throw .misnumbered(owner: owner, title: migration.title, expected: index + 1)
        }
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
