// swift-tools-version: 6.2
import PackageDescription

// The manifest is the map of the system: each module is one line that names the layer it stands in and what it may
// know. Targets, test targets and settings are derived below, so an edge that is not written here cannot be compiled.

/// A C library of the system: a module map; for Linux itself, and for what is loaded only when it is needed, the few
/// shims that Swift cannot import.
struct SystemLibrary {
    let name: String, package: String?, debian: String?
    init(_ name: String, pkgConfig: String? = nil, debian: String? = nil) {
        (self.name, package, self.debian) = (name, pkgConfig, debian)
    }
    var target: Target {
        guard let debian else { return .target(name: name, path: "Sources/System/\(name)") }
        return .systemLibrary(
            name: name, path: "Sources/System/\(name)", pkgConfig: package, providers: [.apt([debian])])
    }
}

/// A module of ours and its tests, `testData` beside them. `knows` are the only modules it can import; the files that
/// it `embeds` are constants of the program.
struct Module {
    let name: String, path: String, knows: [String], testsKnow: [String]?, embeds: [String], testData: [String]
    init(
        _ name: String, at path: String, knows: [String] = [], testsKnow: [String]? = [], embeds: [String] = [],
        testData: [String] = []
    ) {
        (self.name, self.path, self.knows) = (name, path, knows)
        (self.testsKnow, self.embeds, self.testData) = (testsKnow, embeds, testData)
    }
    var targets: [Target] {
        let module = Target.target(
            name: name, dependencies: knows.map { .init(stringLiteral: $0) }, path: "Sources/\(path)",
            resources: embeds.map { .embedInCode($0) }, swiftSettings: strict)
        guard let testsKnow else { return [module] }
        let tests = name.replacing(prefix: "Tradewind", with: "") + "Tests"
        return [
            module,
            .testTarget(
                name: tests, dependencies: ([name] + knows + testsKnow).map { .init(stringLiteral: $0) },
                path: "Tests/\(tests)", exclude: testData, swiftSettings: strict),
        ]
    }
}

let systemLibraries: [SystemLibrary] = [
    .init("CLinux"),
    .init("CThreads"),
    .init("CZlib", pkgConfig: "zlib", debian: "zlib1g-dev"),
    .init("COpenSSL", pkgConfig: "openssl", debian: "libssl-dev"),
    .init("CCrypt", pkgConfig: "libcrypt", debian: "libcrypt-dev"),
    .init("CSQLite", pkgConfig: "sqlite3", debian: "libsqlite3-dev"),
    .init("CPostgres", debian: "libpq-dev"),
    .init("CPostgresLoader"),
    .init("CHiredis", debian: "libhiredis-dev"),  // its pkg-config has a flag that SwiftPM warns of, and none we need
    .init("CRdkafka", debian: "librdkafka-dev"),
    .init("CRdkafkaLoader"),
]

let modules: [Module] = [
    // System: beside the C libraries, the one lock that all layers share, and which thread is at work.
    .init("TradewindLocks", at: "System/Locks", knows: ["CThreads"], testsKnow: nil),
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
        "TradewindCQRS", at: "Core/CQRS", knows: ["TradewindDomain", "TradewindJSON"],
        testsKnow: ["TradewindTesting"]),
    .init(
        "TradewindObservability", at: "Core/Observability",
        knows: ["TradewindLocks", "TradewindDomain", "TradewindCQRS", "TradewindJSON"],
        testsKnow: ["TradewindTesting"]),
    .init(
        "TradewindSecurity", at: "Core/Security",
        knows: ["TradewindLocks", "TradewindDomain", "TradewindCQRS", "TradewindJSON", "COpenSSL", "CCrypt"],
        testsKnow: ["TradewindTesting"]),
    .init(
        "TradewindPersistence", at: "Core/Persistence",
        knows: ["TradewindLocks", "TradewindDomain", "TradewindJSON"],
        testsKnow: ["TradewindReactor", "TradewindTesting", "TradewindDatabases", "writer"]),
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
    .init(
        "TradewindResilience", at: "Core/Resilience", knows: ["TradewindDomain", "TradewindLocks"],
        testsKnow: ["TradewindTesting"]),
    // Adapters: what the ports of the core stand on.
    .init(
        "TradewindSQLite", at: "Adapters/SQLite",
        knows: [
            "TradewindDomain", "TradewindJSON", "TradewindPersistence", "TradewindReactor", "TradewindLocks", "CSQLite",
        ],
        testsKnow: ["TradewindTesting"]),
    .init(
        "TradewindPostgres", at: "Adapters/Postgres",
        knows: [
            "TradewindLocks", "TradewindDomain", "TradewindJSON", "TradewindPersistence", "TradewindReactor",
            "CPostgres", "CPostgresLoader",
        ],
        testsKnow: ["TradewindTesting"]),
    .init(
        "TradewindKafka", at: "Adapters/Kafka",
        knows: [
            "TradewindLocks", "TradewindDomain", "TradewindJSON", "TradewindMessaging", "TradewindReactor", "CRdkafka",
            "CRdkafkaLoader",
        ],
        testsKnow: ["TradewindRuntime", "TradewindTesting"]),
    .init(
        "TradewindRedis", at: "Adapters/Redis",
        knows: [
            "TradewindLocks", "TradewindDomain", "TradewindMessaging", "TradewindReactor", "TradewindSecurity",
            "CHiredis",
            "COpenSSL",
        ],
        testsKnow: ["TradewindRuntime", "TradewindTesting"]),
    .init(
        "TradewindEmbedded", at: "Adapters/Embedded",
        knows: ["TradewindLocks", "TradewindDomain", "TradewindMessaging", "TradewindPersistence"],
        testsKnow: ["TradewindCQRS", "TradewindRepositories", "TradewindRuntime", "TradewindTesting"]),
    // Service kit: which databases there are; configuration, life cycle, health; the kit that tests are written with.
    .init(
        "TradewindDatabases", at: "ServiceKit/Databases",
        knows: ["TradewindPersistence", "TradewindPostgres", "TradewindReactor", "TradewindSQLite"], testsKnow: nil),
    .init(
        "TradewindBrokers", at: "ServiceKit/Brokers",
        knows: [
            "TradewindEmbedded", "TradewindKafka", "TradewindMessaging", "TradewindPersistence", "TradewindReactor",
            "TradewindRedis",
        ],
        testsKnow: nil),
    .init(
        "TradewindRuntime", at: "ServiceKit/Runtime",
        knows: [
            "TradewindLocks", "TradewindDomain", "TradewindHTTP", "TradewindHTTPServer", "TradewindReactor",
            "TradewindJSON", "TradewindCQRS", "TradewindPersistence", "TradewindMessaging", "TradewindRepositories",
            "TradewindDatabases", "TradewindBrokers", "TradewindKafka", "TradewindRedis", "TradewindAPI",
            "TradewindSecurity", "TradewindObservability",
            "TradewindHTTPClient",
        ],
        testsKnow: ["TradewindTesting", "depot"]),
    // What a service can be asked, declared once: routes, checks, OpenAPI.
    .init(
        "TradewindAPI", at: "ServiceKit/API",
        knows: [
            "TradewindCQRS", "TradewindDomain", "TradewindHTTP", "TradewindJSON", "TradewindMessaging",
            "TradewindPersistence",
        ],
        testsKnow: ["TradewindTesting"],
        embeds: ["page.html", "page.css", "page.js", "form.js", "schema.js", "element.js"].map { "DocsPage/\($0)" }),
    .init(
        "TradewindTesting", at: "ServiceKit/Testing",
        knows: [
            "CRdkafka", "CRdkafkaLoader", "TradewindAPI", "TradewindKafka", "TradewindRedis", "TradewindCQRS",
            "TradewindLocks",
            "TradewindDomain", "TradewindEmbedded", "TradewindJSON",
            "TradewindHTTP", "TradewindHTTPClient", "TradewindHTTPServer", "TradewindMessaging", "TradewindPersistence",
            "TradewindPostgres", "TradewindReactor", "TradewindRepositories", "TradewindRuntime", "TradewindSQLite",
        ],
        testsKnow: nil),
]

/// A bounded context: what it tells the others (`Contracts`; one that tells nothing has none), and the service, which
/// knows the contracts of those it listens to and never their services. Its tests may ask a real one of those it calls.
/// Both may speak a language that is a module of its own.
struct Context {
    let name: String, tells: Bool, knows: [String], speaks: [String], listensTo: [String], calls: [String]
    init(
        _ name: String, tells: Bool = true, contractsKnow knows: [String] = [], speaks: [String] = [],
        listensTo: [String] = [], calls: [String] = []
    ) {
        (self.name, self.tells, self.knows, self.speaks) = (name, tells, knows, speaks)
        (self.listensTo, self.calls) = (listensTo, calls)
    }
    var modules: [Module] {
        let contracts = Module(
            "\(name)Contracts", at: "Services/\(name)/Contracts",
            knows: ["TradewindDomain", "TradewindCQRS", "TradewindMessaging"] + speaks + knows.map { "\($0)Contracts" },
            testsKnow: nil)
        let service = Module(
            name, at: "Services/\(name)/Service",
            knows: (tells ? [contracts.name] : []) + speaks + listensTo.map { "\($0)Contracts" } + serviceKnows,
            testsKnow: ["TradewindLocks", "TradewindTesting"] + calls)
        return tells ? [contracts, service] : [service]
    }
}

/// What every service is written in.
let serviceKnows = [
    "TradewindDomain", "TradewindCQRS", "TradewindMessaging", "TradewindPersistence", "TradewindRepositories",
    "TradewindResilience", "TradewindSecurity", "TradewindJSON", "TradewindHTTP", "TradewindHTTPClient", "TradewindAPI",
    "TradewindRuntime",
]

/// What stands in front of the contexts knows none of them: addresses, paths and the names of events are all it needs.
let front = Module(
    "Gateway", at: "Services/Gateway",
    knows: [
        "TradewindAPI", "TradewindDomain", "TradewindCQRS", "TradewindHTTP", "TradewindHTTPClient",
        "TradewindHTTPServer", "TradewindJSON", "TradewindLocks", "TradewindMessaging", "TradewindObservability",
        "TradewindResilience",
        "TradewindRuntime", "TradewindSecurity",
    ], testsKnow: ["TradewindReactor", "TradewindTesting"])

/// The language of signal channels: what their messages mean, whatever the service does with it.
let language = Module(
    "Signals", at: "Services/Channels/Signals", knows: ["TradewindDomain", "TradewindJSON"], testData: ["Corpus"])

let contexts: [Context] = [
    .init("Users"),
    .init("Orders", contractsKnow: ["Users"], listensTo: ["Users", "Payments", "Channels"]),
    .init("Payments", contractsKnow: ["Users", "Orders"], listensTo: ["Users", "Orders"]),
    .init("Channels", contractsKnow: ["Users"], speaks: ["Signals"], listensTo: ["Users"]),
    .init("Auth", tells: false, listensTo: ["Users"], calls: ["Users"]),
]

/// What a new service begins as (`scripts/new-service`): built and tested as the others are, and hosted nowhere.
let template = Context("Notebook", contractsKnow: ["Users"], listensTo: ["Users"])

/// Each service is a program of its own, and all of them together are another. They are ten lines: who is hosted.
let programs: [(name: String, knows: [String])] =
    (contexts.map(\.name) + [front.name]).map { ("tradewind-\($0.dashed)", [$0, "TradewindRuntime"]) } + [
        ("tradewind", contexts.map(\.name) + [front.name, "TradewindRuntime"])
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

    /// `DataGovernance` is `data-governance` where people type it.
    var dashed: String {
        map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined().replacing(prefix: "-", with: "")
    }
}

let package = Package(
    name: "tradewind",
    products: programs.map { .executable(name: $0.name, targets: [$0.name]) },
    targets: systemLibraries.map(\.target)
        + (modules + [front, language] + (contexts + [template]).flatMap(\.modules)).flatMap(\.targets)
        + programs.map { program in
            .executableTarget(
                name: program.name, dependencies: program.knows.map { .init(stringLiteral: $0) },
                path: "Sources/Programs/\(program.name)", swiftSettings: strict, linkerSettings: selfContained)
        } + [
            .executableTarget(
                name: "testbed", dependencies: ["TradewindHTTP", "TradewindHTTPServer", "TradewindRuntime"],
                path: "Tests/Testbed", swiftSettings: strict),
            // What every broker promises, tried on each.
            .testTarget(
                name: "BrokerTests",
                dependencies: [
                    "TradewindCQRS", "TradewindDomain", "TradewindLocks", "TradewindMessaging", "TradewindPersistence",
                    "TradewindRuntime", "TradewindTesting", "broker-member",
                ],
                path: "Tests/BrokerTests", swiftSettings: strict),
            // What all services promise together.
            .testTarget(
                name: "ServicesTests",
                dependencies: ((contexts + [template]).flatMap(\.modules).map(\.name)
                    + [front.name, "Signals"] + serviceKnows
                    + ["TradewindLocks", "TradewindObservability", "TradewindTesting"])
                    .map { .init(stringLiteral: $0) },
                path: "Tests/ServicesTests", exclude: ["Golden"], swiftSettings: strict),
            // What the documentation shows.
            .executableTarget(
                name: "guestbook",
                dependencies: (["UsersContracts", "TradewindObservability"] + serviceKnows).map {
                    .init(stringLiteral: $0)
                },
                path: "docs/example", swiftSettings: strict),
            .executableTarget(
                name: "depot",
                dependencies: [
                    "TradewindCQRS", "TradewindDomain", "TradewindHTTP", "TradewindMessaging",
                    "TradewindPersistence", "TradewindRepositories", "TradewindRuntime",
                ],
                path: "Tests/Depot", swiftSettings: strict),
            .executableTarget(
                name: "writer", dependencies: ["TradewindDatabases", "TradewindPersistence", "TradewindReactor"],
                path: "Tests/Writer", swiftSettings: strict),
            .testTarget(
                name: "SimulationTests",
                dependencies: [
                    "TradewindAPI", "TradewindCQRS", "TradewindDomain", "TradewindHTTP", "TradewindLocks",
                    "TradewindMessaging", "TradewindPersistence", "TradewindRepositories", "TradewindTesting",
                ],
                path: "Tests/SimulationTests", swiftSettings: strict),
            // The order chain in one thread, in worlds that fail by a seed.
            .executableTarget(
                name: "simulate",
                dependencies: [
                    "Users", "UsersContracts", "Orders", "OrdersContracts", "Payments", "PaymentsContracts",
                    "TradewindAPI", "TradewindCQRS", "TradewindDomain", "TradewindHTTP", "TradewindJSON",
                    "TradewindLocks",
                    "TradewindMessaging", "TradewindPersistence", "TradewindRepositories", "TradewindSecurity",
                    "TradewindTesting",
                ],
                path: "Tests/Simulation", swiftSettings: strict),
            .executableTarget(
                name: "broker-member",
                dependencies: [
                    "TradewindBrokers", "TradewindDatabases", "TradewindDomain", "TradewindKafka", "TradewindMessaging",
                    "TradewindPersistence", "TradewindReactor", "TradewindRedis", "TradewindRuntime",
                ],
                path: "Tests/BrokerMember", swiftSettings: strict),
            // Optimised: it reads the whole repository.
            .testTarget(
                name: "ArchitectureTests", path: "Tests/ArchitectureTests",
                swiftSettings: strict + [.unsafeFlags(["-O"])]),
            .executableTarget(
                name: "benchmarks",
                dependencies: [
                    "TradewindBrokers", "TradewindCQRS", "TradewindDatabases", "TradewindDomain", "TradewindHTTP",
                    "TradewindJSON", "TradewindKafka", "TradewindLocks", "TradewindMessaging", "TradewindObservability",
                    "TradewindPersistence", "TradewindPostgres", "Signals", "TradewindReactor", "TradewindRedis",
                    "TradewindRepositories", "TradewindRuntime", "TradewindSecurity", "TradewindSQLite",
                    "TradewindTesting",
                ],
                path: "Benchmarks/InProcess", swiftSettings: strict),
            .executableTarget(
                name: "bare", dependencies: ["TradewindHTTP", "TradewindHTTPServer", "TradewindReactor"],
                path: "Benchmarks/Bare", swiftSettings: strict, linkerSettings: selfContained),
        ],
    swiftLanguageModes: [.v6]
)
