/// SQL as PostgreSQL is told it, as SQLite is told it. Everything that both understand stays as it is.
///
/// - Tables are strict, and a column's type becomes the one that its values are stored as: docs/decisions/0030.
/// - A check without a name gets the one that PostgreSQL would give it, since SQLite's errors else quote the condition.
/// - `= ANY ($1)` looks into the array, `FOR UPDATE` goes: there is one writer.
func translated(_ text: String) -> String {
    var translation = Translation(Lexer.tokens(text))
    return translation.run()
}

private struct Translation {
    private let tokens: [Lexer.Token]
    private var at = 0
    private var output = ""

    init(_ tokens: [Lexer.Token]) { self.tokens = tokens }

    mutating func run() -> String {
        var isAtStart = true
        while at < tokens.endIndex {
            let token = tokens[at]
            if isAtStart, let table = TableText(tokens, from: at), token.kind != .blank {
                define(table)
            } else if isAtStart, token.word == "ALTER", let type = addedColumnType() {
                copy(upTo: type)
                writeType(upTo: tokens.endIndex)
            } else if token.word == "ANY", lookIntoArray() {
            } else if token.word == "FOR", next(1).word == "UPDATE" || next(1).word == "SHARE" {
                skipLocking()
            } else {
                copy(upTo: at + 1)
            }
            if token.kind != .blank { isAtStart = token.text == ";" }
        }
        return output
    }

    // MARK: Words

    private mutating func copy(upTo end: Int) {
        for token in tokens[at..<max(at, end)] { output += token.text }
        at = max(at, end)
    }

    /// The index of the word or sign that many places further on, blanks not counted.
    private func index(_ distance: Int, from start: Int) -> Int {
        var (index, left) = (start, distance)
        while left > 0, index < tokens.endIndex {
            index += 1
            while index < tokens.endIndex, tokens[index].kind == .blank { index += 1 }
            left -= 1
        }
        return index
    }

    private func next(_ distance: Int) -> Lexer.Token {
        let index = index(distance, from: at)
        return index < tokens.endIndex ? tokens[index] : Lexer.Token(kind: .blank, text: "", word: "")
    }

    // MARK: Statements

    /// `x = ANY ($1)`: the sign before it has been written already.
    private mutating func lookIntoArray() -> Bool {
        guard next(1).text == "(", next(2).text.hasPrefix("$"), next(3).text == ")",
            let equals = output.lastIndex(where: { !$0.isWhitespace }), output[equals] == "="
        else { return false }
        output.remove(at: equals)
        output += "IN (SELECT value FROM json_each(\(next(2).text)))"
        at = index(3, from: at) + 1
        return true
    }

    private mutating func skipLocking() {
        at = index(2, from: at)
        let words: Set = ["OF", "SKIP", "LOCKED", "NOWAIT"]
        while at < tokens.endIndex, words.contains(tokens[at].word) {
            at = index(tokens[at].word == "OF" ? 2 : 1, from: at)
        }
    }

    /// Where the type stands in `ALTER TABLE t ADD COLUMN c type …`.
    private func addedColumnType() -> Int? {
        guard next(1).word == "TABLE" else { return nil }
        var place = 3
        if next(place).text == "." { place += 2 }
        guard next(place).word == "ADD" else { return nil }
        place += next(place + 1).word == "COLUMN" ? 2 : 1
        guard next(place).name != nil else { return nil }
        return index(place + 1, from: at)
    }

    // MARK: Tables

    private mutating func define(_ table: TableText) {
        copy(upTo: table.headEnd)
        for element in table.elements {
            if let column = table.column(element) {
                copy(upTo: column + 1)
                let kept = table.tokens[column].name ?? ""
                writeType(upTo: element.upperBound)
                writeRest(upTo: element.upperBound, checkName: "\(table.name)_\(kept)_check")
            } else {
                let isNamed = tokens[element].contains { $0.word == "CONSTRAINT" }
                writeRest(upTo: element.upperBound, checkName: isNamed ? nil : "\(table.name)_check")
            }
            copy(upTo: min(element.upperBound + 1, table.listEnd))
        }
        copy(upTo: table.listEnd + 1)
        let end = tokens[at...].firstIndex { $0.text == ";" } ?? tokens.endIndex
        let options = tokens[at..<end].map(\.word)
        if options.contains("STRICT") { return copy(upTo: end) }
        output += options.contains("WITHOUT") ? " STRICT," : " STRICT"
        copy(upTo: end)
    }

    private mutating func writeType(upTo end: Int) {
        let following: Set = [
            "CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES", "GENERATED",
            "AS",
        ]
        while at < end, tokens[at].kind == .blank { copy(upTo: at + 1) }
        let start = at
        var words: [String] = []
        var isArray = false
        var typeEnd = at
        while at < end, !following.contains(tokens[at].word), tokens[at].text != ";" {
            if tokens[at].kind == .word, !tokens[at].word.allSatisfy(\.isNumber) { words.append(tokens[at].word) }
            if tokens[at].text == "[" { isArray = true }
            if tokens[at].kind != .blank { typeEnd = at + 1 }
            at += 1
        }
        at = start
        let type = words.joined(separator: " ")
        guard let stored = isArray ? "TEXT" : storage[type] else { return copy(upTo: typeEnd) }
        output += stored
        at = typeEnd
    }

    /// Constraints of a column or a table.
    private mutating func writeRest(upTo end: Int, checkName: String?) {
        var isNamed = checkName == nil
        while at < end {
            switch tokens[at].word {
            case "CONSTRAINT": isNamed = true
            case "CHECK":
                if !isNamed, let checkName { output += "CONSTRAINT \(quoted(checkName)) " }
                isNamed = checkName == nil
            case "GENERATED" where writeIdentity(upTo: end): continue
            default: break
            }
            copy(upTo: at + 1)
        }
    }

    /// `GENERATED … AS IDENTITY PRIMARY KEY`: numbers that rise and are never used again.
    private mutating func writeIdentity(upTo end: Int) -> Bool {
        let behind = tokens[at..<end].firstIndex { $0.word == "IDENTITY" }
        guard let behind, tokens[at..<behind].contains(where: { $0.word == "AS" }) else { return false }
        at = behind + 1
        guard next(1).word == "PRIMARY", next(2).word == "KEY" else { return true }
        output += "PRIMARY KEY AUTOINCREMENT"
        at = index(2, from: at) + 1
        return true
    }

    private func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

/// What a value of a PostgreSQL type is stored as.
private let storage: [String: String] = [
    "SMALLINT": "INTEGER", "INT2": "INTEGER", "INTEGER": "INTEGER", "INT": "INTEGER", "INT4": "INTEGER",
    "BIGINT": "INTEGER", "INT8": "INTEGER", "BOOLEAN": "INTEGER", "BOOL": "INTEGER",
    "REAL": "REAL", "FLOAT4": "REAL", "DOUBLE PRECISION": "REAL", "FLOAT8": "REAL",
    "NUMERIC": "TEXT COLLATE decimal", "DECIMAL": "TEXT COLLATE decimal",
    "TEXT": "TEXT", "VARCHAR": "TEXT", "CHARACTER VARYING": "TEXT",
    "UUID": "TEXT", "JSON": "TEXT", "JSONB": "TEXT", "BYTEA": "BLOB",
    "TIMESTAMPTZ": "INTEGER", "TIMESTAMP WITH TIME ZONE": "INTEGER",
]
