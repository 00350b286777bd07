/// A `CREATE TABLE` taken apart: columns and constraints of the table, each as its words.
struct TableText {
    typealias Token = Lexer.Token

    let name: String
    /// Of the text before the first element, with its parenthesis.
    let headEnd: Int
    /// Columns and constraints, without the commas between them.
    let elements: [Range<Int>]
    /// The parenthesis that closes the list.
    let listEnd: Int
    let tokens: [Token]

    /// Nil unless a definition with a list of columns begins at `start`.
    init?(_ tokens: [Token], from start: Int = 0) {
        self.tokens = tokens
        var at = start
        func pass(_ words: String...) -> Bool {
            at = tokens[at...].firstIndex { $0.kind != .blank } ?? tokens.endIndex
            guard at < tokens.endIndex, words.contains(tokens[at].word) else { return false }
            at += 1
            return true
        }
        guard pass("CREATE") else { return nil }
        _ = pass("TEMP", "TEMPORARY")
        guard pass("TABLE") else { return nil }
        if pass("IF"), !(pass("NOT") && pass("EXISTS")) { return nil }
        guard let open = tokens[at...].firstIndex(where: { $0.kind == .symbol && $0.text != "." }),
            tokens[open].text == "(", let name = tokens[at..<open].last(where: { $0.name != nil })?.name,
            // The name and perhaps a schema; words that follow mean something else, like AS.
            tokens[at..<open].count(where: { $0.name != nil }) <= 2
        else { return nil }
        var elements: [Range<Int>] = []
        var (depth, begin) = (0, open + 1)
        var end: Int?
        for index in (open + 1)..<tokens.endIndex where tokens[index].kind == .symbol && end == nil {
            switch tokens[index].text {
            case "(": depth += 1
            case ")" where depth > 0: depth -= 1
            case ")": end = index
            case "," where depth == 0:
                elements.append(begin..<index)
                begin = index + 1
            default: break
            }
        }
        guard let end else { return nil }
        (self.name, headEnd, self.elements, listEnd) = (name, open + 1, elements + [begin..<end], end)
    }

    /// The column that an element defines, nil when it is a constraint of the table.
    func column(_ element: Range<Int>) -> Int? {
        guard let first = tokens[element].firstIndex(where: { $0.kind != .blank }) else { return nil }
        let constraints: Set = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE", "LIKE"]
        return tokens[first].name == nil || constraints.contains(tokens[first].word) ? nil : first
    }

    // MARK: Constraints

    enum ConstraintKind { case primaryKey, unique, foreignKey(parent: String) }

    struct Constraint {
        let kind: ConstraintKind, name: String, columns: [String]
    }

    /// With the names that PostgreSQL gives to those that have none.
    var constraints: [Constraint] { elements.flatMap(constraints(in:)) }

    private func constraints(in element: Range<Int>) -> [Constraint] {
        let words = topLevel(element)
        let column = column(element).flatMap { tokens[$0].name }
        var constraints: [Constraint] = []
        var given: String?
        for (place, index) in words.enumerated() {
            let following = words[(place + 1)...]
            func columns() -> [String] { column.map { [$0] } ?? names(behind: index) }
            func add(_ kind: ConstraintKind, _ suffix: String, _ columns: [String]) {
                let parts = suffix == "pkey" ? [name] : [name] + columns
                let name = given ?? (parts + [suffix]).joined(separator: "_")
                constraints.append(Constraint(kind: kind, name: name, columns: columns))
                given = nil
            }
            switch tokens[index].word {
            case "CONSTRAINT": given = following.first.flatMap { tokens[$0].name }
            case "PRIMARY": add(.primaryKey, "pkey", columns())
            case "UNIQUE": add(.unique, "key", columns())
            case "CHECK", "DEFAULT": given = nil
            case "REFERENCES":
                guard let parent = following.first.flatMap({ tokens[$0].name }) else { continue }
                let own = column == nil ? words.first { tokens[$0].word == "FOREIGN" } : nil
                add(.foreignKey(parent: parent), "fkey", own.map(names(behind:)) ?? columns())
            default: break
            }
        }
        return constraints
    }

    /// Names and words outside parentheses.
    private func topLevel(_ element: Range<Int>) -> [Int] {
        var depth = 0
        return element.filter { index in
            switch tokens[index].text {
            case "(": depth += 1
            case ")": depth -= 1
            default: break
            }
            return depth == 0 && tokens[index].name != nil
        }
    }

    /// The names in the parentheses that come next.
    private func names(behind index: Int) -> [String] {
        guard let open = tokens[index...].firstIndex(where: { $0.text == "(" }) else { return [] }
        return tokens[open...].prefix { $0.text != ")" }.compactMap(\.name)
    }
}
