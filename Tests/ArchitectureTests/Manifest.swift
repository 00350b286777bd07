import RegexBuilder

/// What Package.swift says of the modules, read from its text: a test that starts the package manager would wait for
/// the lock that its own run holds.
struct Manifest {
    struct Module {
        let name: String, folder: String, knows: Set<String>, testsKnow: Set<String>?
        /// Services all know the same, whatever each of them needs.
        var isService = false
    }
    let modules: [Module], systemLibraries: Set<String>

    var names: Set<String> { systemLibraries.union(modules.map(\.name)) }

    init(text: String) {
        let module = Regex {
            /(?:\.init|Module)\(\s*"(\w+)",\s*at:\s*"([\w\/]+)"/
            /(?:,\s*knows:\s*\[([^\]]*)\])?(?:,\s*testsKnow:\s*(nil|\[[^\]]*\]))?/
        }
        func strings(_ list: Substring?) -> Set<String> {
            Set((list ?? "").matches(of: #/"(\w+)"/#).map { String($0.1) })
        }
        modules =
            text.matches(of: module).map { match in
                let knows = strings(match.3)
                let tests = match.4 == "nil" ? nil : strings(match.4).union(knows).union([String(match.1)])
                return Module(
                    name: String(match.1), folder: "Sources/\(match.2)", knows: knows, testsKnow: tests)
            }
            + Self.programs(in: text)
            + (Self.contexts(in: text) + Self.template(in: text)).flatMap { context in
                let names = { (names: Set<String>) in Set(names.map { "\($0)Contracts" }) }
                let core = Set(strings(text.firstMatch(of: #/let serviceKnows = \[([^\]]*)\]/#)?.1))
                let speaks = strings(context.speaks)
                let own = speaks.union(context.tells ? ["\(context.name)Contracts"] : [])
                let known = core.union(names(strings(context.listensTo))).union(own)
                let contracts = Module(
                    name: "\(context.name)Contracts", folder: "Sources/Services/\(context.name)/Contracts",
                    knows: names(strings(context.knows)).union(speaks).union([
                        "TradewindDomain", "TradewindCQRS", "TradewindMessaging",
                    ]), testsKnow: nil)
                let service = Module(
                    name: context.name, folder: "Sources/Services/\(context.name)/Service", knows: known,
                    testsKnow: known.union(strings(context.calls)).union([
                        context.name, "TradewindLocks", "TradewindRuntime", "TradewindTesting",
                    ]), isService: true)
                return context.tells ? [contracts, service] : [service]
            }
        systemLibraries = Set(text.matches(of: #/\.init\(\s*"(C[A-Z]\w+)"(?!,\s*at:)/#).map { String($0.1) })
    }
}

extension Manifest {
    /// One for each context and for what stands in front of them, and one for all.
    private static func programs(in text: String) -> [Module] {
        let front = text.matches(of: #/let front = Module\(\s*"(\w+)"/#).map { String($0.1) }
        let names = contexts(in: text).map(\.name) + front
        let each = names.map { ("tradewind-\($0.dashed)", Set([$0, "TradewindRuntime"])) }
        let all = ("tradewind", Set(names + ["TradewindRuntime"]))
        return (each + [all]).map { name, knows in
            Module(name: name, folder: "Sources/Programs/\(name)", knows: knows, testsKnow: nil)
        }
    }

    private typealias Context = (
        name: String, tells: Bool, knows: Substring?, speaks: Substring?, listensTo: Substring?, calls: Substring?
    )

    /// The lines of the list of contexts.
    private static func contexts(in text: String) -> [Context] {
        text.firstMatch(of: #/let contexts: \[Context\] = \[\n((?:    .*\n)*)\]/#).map { read($0.1) } ?? []
    }

    /// What new services begin as.
    private static func template(in text: String) -> [Context] {
        text.firstMatch(of: #/let template = Context.*/#).map { read($0.0) } ?? []
    }

    private static func read(_ list: Substring) -> [Context] {
        let line = Regex {
            /(?:\.init|Context)\("(\w+)"(, tells: false)?(?:, contractsKnow: \[([^\]]*)\])?/
            /(?:, speaks: \[([^\]]*)\])?(?:, listensTo: \[([^\]]*)\])?(?:, calls: \[([^\]]*)\])?\)/
        }
        return list.matches(of: line).map { (String($0.1), $0.2 == nil, $0.3, $0.4, $0.5, $0.6) }
    }
}

extension String {
    /// `DataGovernance` is `data-governance` where people type it.
    fileprivate var dashed: String {
        let words = map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined()
        return words.hasPrefix("-") ? String(words.dropFirst()) : words
    }
}

extension Manifest.Module {
    var testFolder: String {
        "Tests/\(name.hasPrefix("Tradewind") ? String(name.dropFirst("Tradewind".count)) : name)Tests"
    }

    /// The names that are neither allowed here nor the toolchain's.
    func strangers(in files: [SourceFile], of manifest: Manifest) -> Set<String> {
        imports(in: files, of: folder, ours: manifest.names).subtracting(knows)
    }

    func strangersInTests(in files: [SourceFile], of manifest: Manifest) -> Set<String> {
        imports(in: files, of: testFolder, ours: manifest.names).subtracting(testsKnow ?? [])
    }

    /// Edges that no file uses: a road on the map that nobody walks. A module that imports nothing yet is a plan.
    func unusedEdges(in files: [SourceFile], of manifest: Manifest) -> Set<String> {
        let mine = files.filter { $0.isSwift && $0.path.hasPrefix(folder + "/") }
        let isBegun = !isService && mine.contains { !$0.imports.isEmpty }
        return isBegun ? knows.subtracting(imports(in: files, of: folder, ours: manifest.names)) : []
    }

    private func imports(in files: [SourceFile], of folder: String, ours: Set<String>) -> Set<String> {
        files.filter { $0.isSwift && $0.path.hasPrefix(folder + "/") }
            .reduce(into: Set()) { $0.formUnion($1.imports) }.intersection(ours)
    }
}
