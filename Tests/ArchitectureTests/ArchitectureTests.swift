import Testing

@Suite struct `The architecture of this repository` {
    private let manifest = Manifest(
        text: SourceFile.all.last { $0.path == "Package.swift" }?.lines.joined(separator: "\n") ?? "")

    @Test func `there is something to look at`() {
        #expect(SourceFile.product.count > 10)
        #expect(SourceFile.swift.contains { $0.path == "Package.swift" })
        #expect(SourceFile.swift.contains { $0.path.hasPrefix("Benchmarks/") })
        #expect(SourceFile.swift.contains { $0.path.hasPrefix("Tests/ArchitectureTests/") })
        #expect(manifest.systemLibraries.contains("CLinux"))
        #expect(
            manifest.modules.contains { $0.name == "TradewindReactor" && $0.knows == ["CLinux", "TradewindLocks"] })
        #expect(manifest.modules.contains { $0.name == "tradewind" && $0.knows.contains("TradewindRuntime") })
    }

    @Test(arguments: SourceFile.all) func `every file lies in a layer`(file: SourceFile) {
        #expect(file.layer(among: layers) != nil, "no rule for \(file.path)")
    }

    @Test(arguments: SourceFile.swift) func `a file imports only what its layer allows`(file: SourceFile) {
        #expect(file.imports.subtracting(file.layer(among: layers)?.imports ?? []) == [])
    }

    @Test(arguments: habits) func `dangerous habits keep to their places`(habit: Habit) throws {
        for file in SourceFile.product where file.isSwift && !habit.places.contains(where: file.path.hasPrefix) {
            let lines = try file.lines(with: habit.pattern)
            #expect(lines == [], "\(file.path): \(habit.reason)")
        }
    }

    @Test(arguments: SourceFile.product) func `a promise that the compiler cannot check says why it holds`(
        file: SourceFile
    ) throws {
        #expect(try file.promisesWithoutReason() == [], "\(file.path): no `// Safety:` above these lines")
    }

    @Test(arguments: SourceFile.product) func `a file can be read in one sitting`(file: SourceFile) {
        #expect(file.lines.count <= mostLines || longFiles[file.path] != nil, "\(file.path): \(file.lines.count) lines")
    }

    @Test func `exceptions exist`() {
        let paths = SourceFile.all.map(\.path)
        for place in habits.flatMap(\.places) + longFiles.keys + layers.map(\.folder) {
            #expect(paths.contains { $0.hasPrefix(place) }, "\(place) has a rule and no file")
        }
    }

    @Test func `the manifest draws no edge that the layers deny`() {
        for module in manifest.modules {
            let layer = layers.filter { (module.folder + "/").hasPrefix($0.folder + "/") }
                .max { $0.folder.count < $1.folder.count }
            #expect(module.knows.subtracting(layer?.imports ?? []) == [], "\(module.name)")
        }
    }

    @Test func `modules import what the manifest says, no more and no less`() {
        for module in manifest.modules {
            #expect(module.strangers(in: SourceFile.all, of: manifest) == [], "\(module.name)")
            #expect(module.strangersInTests(in: SourceFile.all, of: manifest) == [], "\(module.testFolder)")
            #expect(module.unusedEdges(in: SourceFile.all, of: manifest) == [], "\(module.name)")
        }
    }

    @Test func `every folder of code is a target of the manifest`() {
        let folders =
            manifest.modules.flatMap { [$0.folder] + ($0.testsKnow == nil ? [] : [$0.testFolder]) }
            + manifest.systemLibraries.map { "Sources/System/\($0)" } + [
                "Tests/ArchitectureTests", "Tests/BrokerTests", "Tests/ServicesTests", "Tests/Testbed", "Tests/Depot",
                "Tests/Writer", "Tests/BrokerMember", "Tests/Simulation", "Tests/SimulationTests", "docs/example",
                "Benchmarks/InProcess", "Benchmarks/Bare",
            ]
        for file in SourceFile.all where file.path != "Package.swift" {
            #expect(folders.contains { file.path.hasPrefix($0 + "/") }, "\(file.path)")
        }
    }
}
