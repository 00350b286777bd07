import Testing

/// The rules, tried on text that they must catch and on text that they must let pass.
@Suite struct `The rules of the house` {
    private func file(_ text: String, at path: String = "Sources/Wire/JSON/X.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    @Test(
        arguments: [
            ("import CLinux", ["CLinux"]),
            ("internal import CLinux\npackage import Glibc", ["CLinux", "Glibc"]),
            ("@testable import Reactor", ["Reactor"]),
            ("@_spi(Loops) package import TradewindReactor", ["TradewindReactor"]),
            ("import struct Foundation.Date", ["Foundation"]),
            ("#if DEBUG\n    import Foundation\n#endif", ["Foundation"]),
            ("let a = 1; import Foundation", ["Foundation"]),
            ("@preconcurrency\nimport Glibc", ["Glibc"]),
            ("// import Foundation\n/* import A\nimport B */\nlet important = \"\"\"\nimport C\n\"\"\"", []),
        ] as [(String, Set<String>)]) func `an import is found however it is written`(
            text: String, imports: Set<String>
        )
    {
        #expect(file(text).imports == imports)
    }

    @Test(
        arguments: [
            ("Sources/Wire/JSON/X.swift", "Sources/Wire/JSON"),
            ("Sources/Wire/HTTPServer/A/X.swift", "Sources/Wire/HTTPServer"),
            ("Package.swift", "Package.swift"), ("Sources/Utils/X.swift", nil), ("Sources/Wire/X.swift", nil),
            ("Sources/ReactorTools/X.swift", nil), ("main.swift", nil),
        ] as [(String, String?)]) func `a file belongs to the folder with a rule that is nearest`(
            path: String, folder: String?
        )
    {
        #expect(file("", at: path).layer(among: layers)?.folder == folder)
    }

    @Test(arguments: ["CLinux", "Foundation", "FoundationEssentials", "Dispatch", "TradewindHTTP", "TradewindReactor"])
    func `JSON may not import what stands beside or above it`(module: String) {
        #expect(
            file("import \(module)").imports.subtracting(
                layers.first { $0.folder == "Sources/Wire/JSON" }?.imports ?? []) == [module])
    }

    @Test func `only the reactor knows Linux, and nobody in Sources knows Foundation`() {
        #expect(layers.filter { $0.imports.contains("CLinux") }.map(\.folder) == ["Sources/Reactor"])
        for layer in layers where layer.folder.hasPrefix("Sources") {
            #expect(layer.imports.isDisjoint(with: ["Foundation", "FoundationEssentials", "Dispatch"]))
        }
    }

    @Test(arguments: ["Glibc", "Synchronization", "Foundation", "TradewindJSON", "TradewindCQRS"])
    func `a domain imports nothing`(module: String) {
        let kernel = file("import \(module)", at: "Sources/Core/Domain/X.swift")
        #expect(kernel.imports.subtracting(kernel.layer(among: layers)?.imports ?? ["no layer"]) == [module])
    }

    static let caught: [(habit: String, text: String)] = [
        ("public", "public struct A {}"), ("public", "    public import Glibc"), ("public", "open class A {}"),
        ("re-export", "@_exported import Glibc"),
        ("try!", "let a = try! f()"), ("as!", "let a = b as! C"), ("try!", #"log("\(try! f())")"#),
        ("Mutex", "let state = Mutex(0)"), ("trap", "fatalError()"),
        ("trap", "guard ok else { preconditionFailure(\"no\") }"),
        ("unsafe", "let n = unsafe recv(fd)"), ("unsafe", "final class A: @unchecked Sendable {}"),
        ("unsafe", "nonisolated(unsafe) var a = 1"), ("unsafe", "func f(_ p: UnsafeMutablePointer<UInt8>)"),
        ("unsafe", "UnsafeRawBufferPointer(a)"), ("unsafe", "@safe struct A {}"),
        ("unsafe", "@exclusivity(unchecked) var a = 1"),
        ("unstructured task", "Task { await f() }"), ("unstructured task", "Task<Void, Never> { }"),
        ("unstructured task", "Task.detached { }"), ("unstructured task", "Task.immediate { }"),
        ("unstructured task", "Task(executorPreference: loop) { }"), ("unstructured task", "Task(priority: .high) { }"),
        ("print", "print(1)"), ("print", "debugPrint(a)"), ("print", "dump(a)"),
        ("clock or chance", "let now = Date()"), ("clock or chance", "let id = UUID()"),
        ("clock or chance", "clock_gettime(CLOCK_MONOTONIC, &t)"), ("clock or chance", "Int.random(in: 0..<9)"),
        ("clock or chance", "var g = SystemRandomNumberGenerator()"), ("clock or chance", "a.shuffled()"),
        ("clock or chance", "ContinuousClock().now"), ("clock or chance", "list.randomElement()"),
    ]

    @Test(arguments: caught) func `a bad habit is caught`(habit: String, text: String) throws {
        let rule = try #require(habits.first { $0.name == habit })
        #expect(try file("// first\n\(text)").lines(with: rule.pattern) == [2])
    }

    @Test func `every habit has text that it catches`() {
        #expect(Set(habits.map(\.name)) == Set(Self.caught.map(\.habit)))
    }

    @Test(arguments: [
        "// public, try! and unsafe are words here", "/* fatalError( /* as! */ Task { */", "let a = \"print(1) try!\"",
        "let a = #\"say \"public\" \\(try! f())\"#", "let a = \"\"\"\n  Task { \"unsafe\" }\n  \"\"\"",
        "func `says print( and try! in its name`() {}", "try Task.checkCancellation()", "await Task.yield()",
        "if Task.isCancelled { }", "let publicKey = fingerprint(key)", "let a: TaskGroup<Void>",
        "case reopen, unsafely",
        "let d = httpDate(now)", "let a = b as? C ?? (try? f())", "let a = \"x\\\"\" + \"print(\"",
    ]) func `good text passes`(text: String) throws {
        for habit in habits { #expect(try file(text).lines(with: habit.pattern) == [], "\(habit.name)") }
    }

    @Test func `an unchecked promise needs its reason close by`() throws {
        let reason = "// Safety: only the loop's thread reads it.\n"
        let promise = "final class A: @unchecked Sendable {\n    nonisolated(unsafe) var b = 1\n}"
        #expect(try file(promise).promisesWithoutReason() == [1, 2])
        #expect(try file(reason + promise).promisesWithoutReason() == [])
        #expect(try file(reason + String(repeating: "\n", count: 20) + promise).promisesWithoutReason() == [22, 23])
        #expect(try file("let s = \"// Safety\"\n" + promise).promisesWithoutReason() == [2, 3])
    }

    private let manifest = Manifest(
        text: """
            let systemLibraries = [.init("CLinux"), .init("CZlib", pkgConfig: "zlib", debian: "zlib1g-dev")]
            let modules: [Module] = [
                .init("TradewindA", at: "A", knows: ["CLinux"]),
                .init(
                    "TradewindB", at: "Wire/B", knows: ["TradewindA", "CZlib"],
                    testsKnow: ["TradewindC"]),
                .init("TradewindC", at: "C", testsKnow: nil),
            ]
            let serviceKnows = ["TradewindA"]
            let front = Module(
                "Gate", at: "Services/Gate", knows: ["TradewindA"])
            let contexts: [Context] = [
                .init("Shop"),
                .init("Till", contractsKnow: ["Shop"], listensTo: ["Shop"]),
                .init("Door", tells: false, listensTo: ["Shop"], calls: ["Till"]),
            ]
            """)

    @Test func `the manifest is read whole`() {
        #expect(manifest.systemLibraries == ["CLinux", "CZlib"])
        #expect(
            manifest.modules.map(\.name) == [
                "TradewindA", "TradewindB", "TradewindC", "Gate", "tradewind-shop", "tradewind-till", "tradewind-door",
                "tradewind-gate", "tradewind", "ShopContracts", "Shop", "TillContracts", "Till", "Door",
            ])
        let modules = Dictionary(uniqueKeysWithValues: manifest.modules.map { ($0.name, $0) })
        #expect(
            modules["TradewindB"]?.folder == "Sources/Wire/B"
                && modules["Till"]?.folder == "Sources/Services/Till/Service")
        #expect(modules["tradewind-till"]?.folder == "Sources/Programs/tradewind-till")
        #expect(modules["TradewindB"]?.knows == ["CZlib", "TradewindA"] && modules["TradewindC"]?.knows == [])
        #expect(modules["Till"]?.knows == ["TradewindA", "TillContracts", "ShopContracts"])
        #expect(modules["tradewind"]?.knows == ["Shop", "Till", "Door", "Gate", "TradewindRuntime"])
        #expect(modules["Door"]?.knows == ["TradewindA", "ShopContracts"])
        #expect(modules["Door"]?.testsKnow?.contains("Till") == true)
        #expect(modules["TradewindB"]?.testFolder == "Tests/BTests")
        #expect(modules["TradewindB"]?.testsKnow == ["TradewindA", "TradewindB", "TradewindC", "CZlib"])
        #expect(modules["TradewindC"]?.testsKnow == nil)
    }

    @Test func `an import without an edge and an edge without an import are both found`() {
        let b = manifest.modules[1]
        let uses = file("import TradewindA\nimport TradewindC\nimport Glibc", at: "Sources/Wire/B/X.swift")
        #expect(b.strangers(in: [uses], of: manifest) == ["TradewindC"])
        #expect(b.unusedEdges(in: [uses], of: manifest) == ["CZlib"])
        #expect(b.unusedEdges(in: [file("// empty", at: "Sources/Wire/B/X.swift")], of: manifest) == [])
        let tests = file("import TradewindC\nimport Till", at: "Tests/BTests/X.swift")
        #expect(b.strangersInTests(in: [tests], of: manifest) == ["Till"])
    }
}
