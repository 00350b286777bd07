import Foundation

/// A file as the rules see it: its path in the repository, its lines, and its lines with all prose blanked out.
struct SourceFile: Sendable, CustomStringConvertible {
    let path: String, lines: [Substring], code: [Substring]
    /// Modules named on import lines, wherever these stand. `MemberImportVisibility` makes them the whole truth.
    let imports: Set<String>
    var description: String { path }
    var isSwift: Bool { path.hasSuffix(".swift") }

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        code = blankingProse(text).split(separator: "\n", omittingEmptySubsequences: false)
        imports = Self.imports(of: code)
    }

    private static func imports(of code: [Substring]) -> Set<String> {
        let line = #/(?:^|;)\s*(?:@\w+(?:\([^)]*\))?\s+|(?:public|package|internal|fileprivate|private)\s+)*import\s+/#
            .ignoresCase(false)
        let module = #/(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)\s+)?(\w+)/#
        return Set(
            code.filter { $0.contains("import") }.flatMap { text in
                text.matches(of: line).compactMap { text[$0.range.upperBound...].prefixMatch(of: module) }
                    .map { String($0.1) }
            })
    }

    /// The layer that owns this file: the longest folder that it lies in.
    func layer(among layers: [Layer]) -> Layer? {
        layers.filter { path == $0.folder || path.hasPrefix($0.folder + "/") }.max { $0.folder.count < $1.folder.count }
    }

    /// Lines, counted from 1, on which the pattern occurs in code.
    func lines(with pattern: String) throws -> [Int] {
        // Not Swift's own: over the whole repository that one takes half a minute.
        let regex = try NSRegularExpression(pattern: pattern)
        return code.indices.filter { index in
            let line = String(code[index])
            return regex.firstMatch(in: line, range: NSRange(location: 0, length: line.utf16.count)) != nil
        }.map { $0 + 1 }
    }

    /// Promises the compiler cannot check, without a `Safety:` comment on the same line or shortly above.
    func promisesWithoutReason() throws -> [Int] {
        try lines(with: #"@unchecked\s+Sendable|nonisolated\(unsafe\)"#).filter { line in
            !lines[max(0, line - 9)..<line].contains { $0.contains("// Safety:") || $0.contains("/// Safety:") }
        }
    }
}

extension SourceFile {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Everything that is built, read once.
    static let all: [SourceFile] = {
        let folders = ["Sources", "Tests", "Benchmarks", "docs/example"].flatMap { folder in
            FileManager.default.enumerator(atPath: root.appending(path: folder).path)?.compactMap {
                ($0 as? String).map { "\(folder)/\($0)" }
            } ?? []
        }
        let built = (folders + ["Package.swift"]).filter { path in
            [".swift", ".c", ".h", ".modulemap"].contains { path.hasSuffix($0) }
        }
        return built.sorted().compactMap { path in
            (try? String(contentsOf: root.appending(path: path), encoding: .utf8)).map {
                SourceFile(path: path, text: $0)
            }
        }
    }()
    static let swift = all.filter(\.isSwift)
    static let product = all.filter { $0.path.hasPrefix("Sources/") }
}
