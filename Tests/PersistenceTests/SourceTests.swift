import Foundation
import Testing
import TradewindTesting

/// What the compiler says of source that uses the built module, as a service's would.
@Suite struct `SQL in source` {
    private static let refused = [
        "let sql = SQL(name)",
        "let sql: SQL = name",
        "let sql = SQL(stringLiteral: name)",
        #"let sql: SQL = "SELECT * FROM \(table)""#,
        #"let sql: SQL = "SELECT * FROM \(Column.name)""#,
        #"let sql: SQL = "SELECT * FROM \(raw: name)""#,
        #"let sql: SQL = "SELECT * FROM " + name"#,
        "_ = try await db.query(name)",
        #"_ = try await db.query("SELECT * FROM t WHERE " + name)"#,
        "try await db.run(SQLScript(name))",
        #"try await db.run("DROP TABLE \(name)")"#,
        "let channel: Channel = name",
        #"let table = BulkTable(name, columns: "id")"#,
    ]

    private static let taken = [
        #"let sql: SQL = "SELECT * FROM t WHERE name = \(name)""#,
        #"_ = try await db.query("SELECT * FROM t WHERE name = \(name) AND id = \(1)")"#,
        #"let part: SQL = "name = \(name)"; let sql: SQL = "SELECT * FROM t WHERE \(part)""#,
    ]

    @Test func `is made of literals and bound values, and of nothing else`() async throws {
        let lines = Self.refused + Self.taken
        let functions = lines.enumerated().map { index, line in
            "func use\(index)(_ name: String, _ table: Table, _ db: any Database) async throws { \(line) }"
        }
        let complaints = try await typecheck(
            ["import TradewindPersistence", "struct Table {}", "enum Column: String { case name }"] + functions)
        let wrong = lines.enumerated().filter { index, line in
            complaints.contains(index + 4) != Self.refused.contains(line)
        }
        #expect(wrong.map(\.element) == [])
    }

    /// The numbers of the lines that have an error.
    private func typecheck(_ lines: [String]) async throws -> Set<Int> {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let built = URL(fileURLWithPath: tests).deletingLastPathComponent()
        let modules = built.appendingPathComponent("Modules").path
        // A C module that ours stand on.
        let threads = "-fmodule-map-file=\(built.path)/CThreads.build/module.modulemap"
        return try await withTemporaryFolder { folder in
            let (source, output) = ("\(folder)/source.swift", "\(folder)/output")
            try lines.joined(separator: "\n").write(toFile: source, atomically: true, encoding: .utf8)
            let script = """
                command -v swiftc >/dev/null || { echo missing >"$3"; exit; }
                swiftc -typecheck -package-name "$4" -swift-version 6 -I "$1" -Xcc "$5" "$2" >"$3" 2>&1
                """
            try ShellHelper(script, [modules, source, output, packageName, threads]).end()
            let text = try String(contentsOfFile: output, encoding: .utf8)
            if text == "missing\n" { try Test.cancel("swiftc is not on the path") }
            return Set(text.matches(of: /source\.swift:(\d+):\d+: error:/).compactMap { Int($0.1) })
        }
    }

    /// As SwiftPM calls it: by the folder, as an identifier. Only code of the same package sees `package`.
    private var packageName: String {
        let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../..").standardized
        return String(root.lastPathComponent.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }
}
