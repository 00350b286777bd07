internal import TradewindPersistence

// SQLite names columns where PostgreSQL names constraints, and for foreign keys nothing at all. The schema knows more:
// it keeps the text of each definition. Looked at only when a statement has failed.

extension Connection {
    /// `failed` is `t.a, t.b`, or `index 'name'` for an index over expressions.
    func uniqueName(of failed: String, isPrimary: Bool) -> String {
        if failed.hasPrefix("index '") { return String(failed.dropFirst(7).dropLast()) }
        let parts = failed.split(separator: ", ").map { $0.split(separator: ".", maxSplits: 1).map(String.init) }
        let columns = parts.compactMap(\.last)
        guard let table = parts.first?.first else { return failed }
        let constraint = definition(of: table)?.constraints.first { constraint in
            switch constraint.kind {
            case .primaryKey: isPrimary || constraint.columns == columns
            case .unique: !isPrimary && constraint.columns == columns
            case .foreignKey: false
            }
        }
        return constraint?.name ?? index(over: columns, of: table)
            ?? ([table] + columns + ["key"]).joined(separator: "_")
    }

    private func index(over columns: [String], of table: String) -> String? {
        let names = columns.joined(separator: ", ")
        let rows = try? query(
            """
            SELECT l.name FROM pragma_index_list(\(table)) AS l WHERE l."unique" = 1
            AND (SELECT group_concat(i.name, ', ') FROM pragma_index_info(l.name) AS i) = \(names)
            """)
        return try? rows?.first?.decode(0)
    }

    /// Of the one that it must be. If the statement touches several, all are named: SQLite does not say which failed.
    func foreignKeyName(in statement: String) -> String {
        guard let (verb, table) = target(of: statement) else { return "" }
        var names: [String] = []
        if verb != "DELETE" { names = foreignKeys(of: definition(of: table)) { _ in true } }
        if verb != "INSERT" {
            let all = try? query("SELECT sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL")
            for text in (all ?? Rows(SQLiteRows(SQLiteRows.Filling(columns: 1)), affected: 0)) {
                guard let text = try? text.decode(0, as: String.self) else { continue }
                names += foreignKeys(of: TableText(Lexer.tokens(text))) { $0.lowercased() == table.lowercased() }
            }
        }
        return names.joined(separator: ", ")
    }

    private func foreignKeys(of table: TableText?, _ isMeant: (String) -> Bool) -> [String] {
        (table?.constraints ?? []).compactMap { constraint in
            guard case .foreignKey(let parent) = constraint.kind, isMeant(parent) else { return nil }
            return constraint.name
        }
    }

    private func definition(of table: String) -> TableText? {
        let rows = try? query(
            "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = \(table) COLLATE NOCASE")
        guard let text = try? rows?.first?.decode(0, as: String.self) else { return nil }
        return TableText(Lexer.tokens(text))
    }

    /// What a statement does, and to which table.
    private func target(of statement: String) -> (verb: String, table: String)? {
        let words = Lexer.tokens(statement).filter { $0.kind != .blank }
        let verbs: Set = ["INSERT", "REPLACE", "UPDATE", "DELETE"]
        var depth = 0
        for (place, token) in words.enumerated() {
            if token.text == "(" { depth += 1 }
            if token.text == ")" { depth -= 1 }
            guard depth == 0, verbs.contains(token.word) else { continue }
            let passed: Set = ["INTO", "FROM", "OR", "ABORT", "REPLACE", "IGNORE", "FAIL", "ROLLBACK"]
            let names = words[(place + 1)...].drop { passed.contains($0.word) }
            // Of `schema.table` the second.
            let table = names.dropFirst().first?.text == "." ? names.dropFirst(2).first : names.first
            guard let name = table?.name else { return nil }
            return (token.word == "REPLACE" ? "INSERT" : token.word, name)
        }
        return nil
    }
}
