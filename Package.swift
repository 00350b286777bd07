// swift-tools-version: 6.2
import PackageDescription

// The manifest is the map of the system: each module is one line that names the layer it stands in and what it may
// know. Targets, test targets and settings are derived below, so an edge that is not written here cannot be compiled.

/// A C library of the system: a module map, and for Linux itself the few shims that Swift cannot import.
struct SystemLibrary {
    let name: String, package: String?, debian: String?
    init(_ name: String, pkgConfig: String? = nil, debian: String? = nil) {
        (self.name, package, self.debian) = (name, pkgConfig, debian)
    }
    var target: Target {
        guard let package, let debian else { return .target(name: name, path: "Sources/System/\(name)") }
        return .systemLibrary(
            name: name, path: "Sources/System/\(name)", pkgConfig: package, providers: [.apt([debian])])
    }
}

/// A module of ours and its tests. `knows` are the only modules it can import.
struct Module {
    let name: String, path: String, knows: [String], testsKnow: [String]?
    init(_ name: String, at path: String, knows: [String] = [], testsKnow: [String]? = []) {
        (self.name, self.path, self.knows, self.testsKnow) = (name, path, knows, testsKnow)
    }
    var targets: [Target] {
        let module = Target.target(
            name: name, dependencies: knows.map { .init(stringLiteral: $0) }, path: "Sources/\(path)",
            swiftSettings: strict)
        guard let testsKnow else { return [module] }
        let tests = name.replacing(prefix: "Tradewind", with: "") + "Tests"
        return [
            module,
            .testTarget(
                name: tests, dependencies: ([name] + knows + testsKnow).map { .init(stringLiteral: $0) },
                path: "Tests/\(tests)", swiftSettings: strict),
        ]
    }
}

let systemLibraries: [SystemLibrary] = [
    .init("CLinux"),
    .init("CZlib", pkgConfig: "zlib", debian: "zlib1g-dev"),
    .init("COpenSSL", pkgConfig: "openssl", debian: "libssl-dev"),
    .init("CSQLite", pkgConfig: "sqlite3", debian: "libsqlite3-dev"),
    .init("CPostgres", pkgConfig: "libpq", debian: "libpq-dev"),
    .init("CRdkafka", pkgConfig: "rdkafka", debian: "librdkafka-dev"),
]

let modules: [Module] = [
    // System: beside the C libraries, the one lock that all layers share.
    .init("TradewindLocks", at: "System/Locks", testsKnow: nil),
    // Reactor: event loops, sockets, timers, signals, worker pool.
    .init("TradewindReactor", at: "Reactor", knows: ["CLinux", "TradewindLocks"]),
    // Wire: what travels, and the two ends of it.
    .init("TradewindJSON", at: "Wire/JSON", knows: ["TradewindLocks"]),
    .init(
        "TradewindHTTP", at: "Wire/HTTP", knows: ["CZlib", "TradewindJSON"],
        testsKnow: ["TradewindLocks", "TradewindTesting"]),
    .init(
        "TradewindHTTPServer", at: "Wire/HTTPServer", knows: ["TradewindLocks", "TradewindHTTP", "TradewindReactor"],
        testsKnow: ["TradewindHTTPClient", "TradewindTesting"]),
    .init(
        "TradewindHTTPClient", at: "Wire/HTTPClient",
        knows: ["TradewindLocks", "TradewindHTTP", "TradewindReactor", "COpenSSL"],
        testsKnow: ["TradewindHTTPServer", "TradewindTesting"]),
    // Core: what services are written in, and what they keep their state with.
    .init("TradewindDomain", at: "Core/Domain", testsKnow: ["TradewindJSON", "TradewindTesting"]),
    .init(
        "TradewindCQRS", at: "Core/CQRS", knows: ["TradewindLocks", "TradewindDomain", "TradewindJSON"],
        testsKnow: ["TradewindTesting"]),
    .init(
        "TradewindPersistence", at: "Core/Persistence", knows: ["TradewindDomain", "TradewindJSON"],
        testsKnow: ["TradewindReactor", "TradewindTesting"]),
    .init(
        "TradewindMessaging", at: "Core/Messaging",
        knows: ["TradewindLocks", "TradewindDomain", "TradewindCQRS", "TradewindPersistence", "TradewindJSON"],
        testsKnow: ["TradewindRepositories", "TradewindRuntime", "TradewindTesting"]),
    .init(
        "TradewindRepositories", at: "Core/Repositories",
        knows: [
            "TradewindLocks", "TradewindDomain", "TradewindCQRS", "TradewindPersistence", "TradewindMessaging",
        ],
        testsKnow: ["TradewindRuntime", "TradewindTesting"]),
    // Adapters: what the ports of the core stand on.
    .init(
        "TradewindSQLite", at: "Adapters/SQLite",
        knows: [
            "TradewindDomain", "TradewindJSON", "TradewindPersistence", "TradewindReactor", "TradewindLocks", "CSQLite",
        ],
        testsKnow: ["TradewindTesting", "sqlite-writer"]),
    .init(
        "TradewindPostgres", at: "Adapters/Postgres",
        knows: [
            "TradewindLocks", "TradewindDomain", "TradewindJSON", "TradewindPersistence", "TradewindReactor",
            "CPostgres",
        ],
        testsKnow: ["TradewindTesting"]),
    .init(
        "TradewindKafka", at: "Adapters/Kafka",
        knows: ["TradewindLocks", "TradewindDomain", "TradewindMessaging", "TradewindReactor", "CRdkafka"],
        testsKnow: ["TradewindRuntime", "TradewindTesting", "kafka-member"]),
    // Service kit: configuration, life cycle, health, and the kit that tests are written with.
    .init(
        "TradewindRuntime", at: "ServiceKit/Runtime",
        knows: [
            "TradewindLocks", "TradewindDomain", "TradewindHTTP", "TradewindHTTPServer", "TradewindReactor",
            "TradewindJSON",
        ],
        testsKnow: ["TradewindTesting"]),
    .init(
        "TradewindTesting", at: "ServiceKit/Testing",
        knows: [
            "TradewindLocks", "TradewindDomain", "TradewindJSON", "TradewindHTTP", "TradewindHTTPClient",
            "TradewindHTTPServer", "TradewindPersistence", "TradewindPostgres", "TradewindReactor", "TradewindSQLite",
            "CRdkafka",
        ],
        testsKnow: nil),
]

/// Programs are ten to twenty lines: configuration in, service out.
let programs: [(name: String, knows: [String])] = [
    ("tradewind", ["TradewindHTTP", "TradewindRuntime"])
]

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
]

/// A released program carries Swift's libraries with it: it starts faster and runs where Swift is not installed.
let selfContained: [LinkerSetting] = [.unsafeFlags(["-static-stdlib"], .when(configuration: .release))]

extension String {
    func replacing(prefix: String, with other: String) -> String {
        hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
    }
}

let package = Package(
    name: "tradewind",
    products: programs.map { .executable(name: $0.name, targets: [$0.name]) },
    targets: systemLibraries.map(\.target) + modules.flatMap(\.targets)
        + programs.map { program in
            .executableTarget(
                name: program.name, dependencies: program.knows.map { .init(stringLiteral: $0) },
                path: "Sources/Programs/\(program.name)", swiftSettings: strict, linkerSettings: selfContained)
        } + [
            .executableTarget(
                name: "testbed", dependencies: ["TradewindHTTP", "TradewindHTTPServer", "TradewindRuntime"],
                path: "Tests/Testbed", swiftSettings: strict),
            .executableTarget(
                name: "sqlite-writer", dependencies: ["TradewindPersistence", "TradewindSQLite"],
                path: "Tests/SQLiteWriter", swiftSettings: strict),
            .executableTarget(
                name: "kafka-member",
                dependencies: ["TradewindKafka", "TradewindDomain", "TradewindMessaging", "TradewindReactor"],
                path: "Tests/KafkaMember", swiftSettings: strict),
            .testTarget(name: "ArchitectureTests", path: "Tests/ArchitectureTests", swiftSettings: strict),
            .executableTarget(
                name: "benchmarks",
                dependencies: [
                    "TradewindCQRS", "TradewindDomain", "TradewindHTTP", "TradewindJSON", "TradewindKafka",
                    "TradewindMessaging", "TradewindPersistence", "TradewindPostgres", "TradewindReactor",
                    "TradewindSQLite",
                    "TradewindTesting",
                ],
                path: "Benchmarks/InProcess", swiftSettings: strict),
        ],
    swiftLanguageModes: [.v6]
)
