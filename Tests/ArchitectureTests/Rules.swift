// The rules of the house. What is not allowed here is denied: a file outside every layer, an import its layer does not
// list and a habit outside its places all fail. Relaxing a rule is a line here, with its reason, that a reviewer sees.

/// A folder and all that its Swift files may import. The longest matching folder owns a file.
struct Layer: Sendable {
    let folder: String, imports: Set<String>
    init(_ folder: String, imports: Set<String> = []) { (self.folder, self.imports) = (folder, imports) }
}

/// What the toolchain offers everyone. `Foundation` costs start time and memory, so no layer of Sources has it.
private let small: Set<String> = ["Glibc", "Synchronization", "TradewindLocks"]
private let wire: Set<String> = ["TradewindJSON", "TradewindHTTP"]
private let ends: Set<String> = ["TradewindHTTPServer", "TradewindHTTPClient"]
private let core: Set<String> = [
    "TradewindDomain", "TradewindCQRS", "TradewindObservability", "TradewindPersistence", "TradewindMessaging",
    "TradewindRepositories", "TradewindResilience", "TradewindSecurity",
]
private let adapters: Set<String> = [
    "TradewindEmbedded", "TradewindKafka", "TradewindPostgres", "TradewindRedis", "TradewindSQLite",
]
/// One folder a bounded context. Who may know whose contracts says the manifest.
private let contexts = ["Users", "Orders", "Payments", "Channels", "Auth", "Notebook"]
private let contracts = Set(contexts.map { "\($0)Contracts" })
private let ours: Set<String> = wire.union(ends).union(core).union(adapters).union([
    "TradewindReactor", "TradewindBrokers", "TradewindDatabases", "TradewindRuntime", "TradewindTesting",
    "TradewindAPI", "Gateway", "Signals",
]).union(contracts).union(contexts)

/// A domain knows the kernel and ids; what a service does is written in the core; only HTTP knows that there is HTTP.
private let serviceLayers = contexts.flatMap { foldersOfService($0) }.filter { layer in
    // A small service has not every folder.
    SourceFile.all.contains { $0.path.hasPrefix(layer.folder + "/") }
}

/// What a context speaks that has a language of its own.
private let languages: [String: Set<String>] = ["Channels": ["Signals"]]

private func foldersOfService(_ name: String) -> [Layer] {
    let contracts = contracts.union(languages[name] ?? [])
    return [
        Layer("Sources/Services/\(name)/Contracts", imports: core.union(contracts)),
        Layer(
            "Sources/Services/\(name)/Service",
            imports: core.union(contracts).union([
                "TradewindAPI", "TradewindHTTP", "TradewindHTTPClient", "TradewindJSON", "TradewindRuntime",
            ])),
        Layer(
            "Sources/Services/\(name)/Service/Adapters",
            imports: core.union(contracts).union(wire).union(["TradewindHTTPClient", "TradewindRuntime"])),
        Layer("Sources/Services/\(name)/Service/Reactions", imports: core.union(contracts)),
        Layer("Sources/Services/\(name)/Service/Domain", imports: contracts.union(["TradewindDomain"])),
        Layer(
            "Sources/Services/\(name)/Service/Features",
            imports: core.union(contracts).union(["TradewindAPI", "TradewindJSON"])),
        Layer(
            "Sources/Services/\(name)/Service/HTTP",
            imports: contracts.union([
                "TradewindAPI", "TradewindCQRS", "TradewindDomain", "TradewindHTTP", "TradewindJSON",
            ])),
    ]
}

let layers =
    platformLayers + serviceLayers + [
        // It answers to nobody's contract: addresses, paths and topics are all that it knows of services.
        Layer(
            "Sources/Services/Gateway",
            imports: small.union(wire).union(ends).union([
                "TradewindAPI", "TradewindDomain", "TradewindCQRS", "TradewindMessaging", "TradewindObservability",
                "TradewindResilience", "TradewindRuntime", "TradewindSecurity",
            ])),
        // What messages mean is true whatever is done about it; numbers of JSON, so that prices stay exact in it.
        Layer("Sources/Services/Channels/Signals", imports: ["TradewindDomain", "TradewindJSON"]),
    ]

private let platformLayers: [Layer] = [
    Layer("Sources/System"),
    Layer("Sources/System/Locks", imports: ["Synchronization", "CThreads"]),
    Layer("Sources/Reactor", imports: small.union(["CLinux"])),  // the only code that knows epoll
    Layer("Sources/Wire/JSON", imports: small),
    Layer("Sources/Wire/HTTP", imports: small.union(["CZlib", "TradewindJSON"])),
    Layer("Sources/Wire/HTTPServer", imports: small.union(wire).union(["TradewindReactor"])),
    Layer("Sources/Wire/HTTPClient", imports: small.union(wire).union(["TradewindReactor", "COpenSSL"])),
    Layer("Sources/Core/Domain"),  // not even libc: what a domain says is true on any machine
    Layer("Sources/Core/CQRS", imports: ["TradewindLocks", "TradewindDomain", "TradewindJSON"]),
    // The one part of the core that stands on C libraries: nobody should write his own cryptography.
    Layer(
        "Sources/Core/Security",
        imports: small.union(["TradewindDomain", "TradewindCQRS", "TradewindJSON", "COpenSSL", "CCrypt"])),
    Layer("Sources/Core/Observability", imports: small.union(["TradewindDomain", "TradewindCQRS", "TradewindJSON"])),
    Layer(
        "Sources/Core/Messaging",
        imports: small.union(["TradewindDomain", "TradewindCQRS", "TradewindPersistence", "TradewindJSON"])),
    Layer("Sources/Core/Resilience", imports: ["TradewindLocks", "TradewindDomain"]),
    Layer("Sources/Core/Repositories", imports: small.union(core)),
    Layer("Sources/Core/Persistence", imports: small.union(["TradewindDomain", "TradewindJSON"])),
    Layer(
        "Sources/Adapters/SQLite", imports: small.union(core).union(["TradewindJSON", "TradewindReactor", "CSQLite"])),
    Layer(
        "Sources/Adapters/Kafka",
        imports: small.union(core).union(["TradewindJSON", "TradewindReactor", "CRdkafka", "CRdkafkaLoader"])),
    Layer(
        "Sources/Adapters/Postgres",
        imports: small.union(core).union(["TradewindJSON", "TradewindReactor", "CPostgres", "CPostgresLoader"])),
    Layer("Sources/Adapters/Embedded", imports: small.union(core)),
    Layer(
        "Sources/ServiceKit/Databases",  // the only code that knows which adapter an address means
        imports: adapters.union(["TradewindPersistence", "TradewindReactor"])),
    Layer(
        "Sources/ServiceKit/Brokers",
        imports: adapters.union(["TradewindMessaging", "TradewindPersistence", "TradewindReactor"])),
    Layer(
        "Sources/Adapters/Redis",
        imports: small.union([
            "TradewindDomain", "TradewindMessaging", "TradewindReactor", "TradewindSecurity", "CHiredis", "COpenSSL",
        ])),
    Layer(
        "Sources/ServiceKit/Runtime",
        imports: small.union(wire).union(ends).union(core).union([
            "TradewindAPI", "TradewindBrokers", "TradewindDatabases", "TradewindKafka", "TradewindReactor",
            "TradewindRedis",
        ])),
    Layer(
        "Sources/ServiceKit/Testing",
        imports: small.union(wire).union(ends).union(adapters).union(core).union([
            "TradewindAPI", "TradewindReactor", "CRdkafka", "CRdkafkaLoader", "TradewindRuntime",
        ])),
    Layer("Sources/ServiceKit/API", imports: small.union(wire).union(core)),
    Layer("Sources/Programs", imports: Set(contexts).union(["Gateway", "TradewindRuntime"])),
    Layer("docs/example", imports: core.union(["TradewindAPI", "TradewindRuntime", "UsersContracts"])),
    Layer("Tests", imports: small.union(ours).union(["Testing", "Foundation", "Dispatch", "RegexBuilder"])),
    Layer("Tests/SecurityTests", imports: small.union(ours).union(["Testing", "COpenSSL"])),  // its error queue
    Layer("Benchmarks", imports: small.union(ours).union(["Foundation"])),
    Layer("Package.swift", imports: ["PackageDescription"]),
]

/// Something that may be written only in some places, for a reason that the failure states.
struct Habit: Sendable, CustomStringConvertible {
    let name: String, pattern: String, places: [String], reason: String
    init(_ name: String, _ pattern: String, onlyIn places: [String] = [], _ reason: String) {
        (self.name, self.pattern, self.places, self.reason) = (name, pattern, places, reason)
    }
    var description: String { name }
}

/// Patterns are searched in code only: comments, string literals and `names in backticks` are blanked out before.
let habits: [Habit] = [
    Habit("public", #"\bpublic\b|\bopen\s+(class|func|var)\b"#, "`package` is our widest access"),
    Habit("re-export", #"@_exported\b"#, "an import line must say what a file really uses"),
    Habit("try!", #"\btry!"#, "a process that others rely on does not trap"),
    Habit("as!", #"\bas!"#, "a process that others rely on does not trap"),
    Habit(
        "Mutex", #"\bMutex\b"#, onlyIn: ["Sources/System/Locks/"], "the thread sanitizer cannot see it: take Lock"),
    Habit("trap", #"\b(fatalError|preconditionFailure)\s*\("#, "a process that others rely on does not trap"),
    Habit(
        "unsafe", #"\bunsafe\b|@unchecked\b|\bUnsafe\w+|@safe\b|@exclusivity\b|\bunsafeBitCast\b"#,
        onlyIn: unsafePlaces,
        "danger has an address"),
    Habit(
        "unstructured task", #"\bTask\s*(<[^>]*>)?\s*(\(|\{|\.(detached|immediate|immediateDetached)\b)"#,
        onlyIn: [
            "Sources/Reactor/", "Sources/Wire/HTTPServer/", "Sources/ServiceKit/",
            "Sources/Core/Messaging/Consumer.swift",  // each handler can be cancelled alone; all are waited for
            "Sources/Adapters/Redis/Client/Line.swift",  // connects again though nobody waits for it; ends by itself
        ],
        "whoever starts a task also ends it: use a task group"),
    Habit(
        "print", #"\b(print|debugPrint|dump)\s*\("#, onlyIn: ["Sources/Programs/", "Sources/ServiceKit/Runtime/"],
        "stdout belongs to the log and the command line"),
    Habit(
        "clock or chance",
        #"\b(clock_gettime|gettimeofday|getrandom|ContinuousClock|SuspendingClock|SystemRandomNumberGenerator)\b"#
            + #"|\b(Date|UUID|random|arc4random)\s*\(\)|\.(random|randomElement|shuffled?)\s*\("#,
        onlyIn: [
            "Sources/Reactor/", "Sources/ServiceKit/Testing/",
            "Sources/ServiceKit/Runtime/LifeCycle/ServiceGroup.swift",  // limits on stopping, with no loop of its own
        ],
        "time, ids and chance are values passed in"),
]

/// Where memory is handled by hand; single files where a folder needs it in a few.
let unsafePlaces = [
    "Sources/Adapters/Kafka/",  // librdkafka
    "Sources/Adapters/Postgres/",  // libpq
    "Sources/Adapters/Redis/",  // hiredis, OpenSSL, state confined to a loop
    "Sources/Adapters/SQLite/",  // SQLite, and the threads that wait for it
    "Sources/Core/Observability/Metrics/Cells.swift",  // counters that several threads add to, without a lock
    "Sources/Core/Observability/Logs/LineBuffer.swift",  // text written in place
    "Sources/Core/Observability/Logs/Stripe.swift",  // a buffer whose one user a flag says
    "Sources/Core/Persistence/Statement.swift",  // addresses of literals, to compare
    "Sources/Core/Security/Primitives/",  // OpenSSL
    "Sources/Core/Security/Passwords/Bcrypt.swift",  // libcrypt
    "Sources/Core/Security/Tokens/PublicKey.swift",  // OpenSSL
    "Sources/Reactor/",  // sockets, epoll, signals, threads
    "Sources/Wire/JSON/",  // one pass over the bytes of a text
    "Sources/Wire/HTTP/Compression/ZStream.swift",  // zlib
    "Sources/Wire/HTTP/Exchange/RequestID.swift",  // text written in place
    "Sources/Wire/HTTP/Messages/",  // heads and names as bytes
    "Sources/Wire/HTTP/Parsing/ByteScan.swift",  // eight bytes at a time
    "Sources/Wire/HTTP/WebSocket/WebSocketMasking.swift",  // the same
    "Sources/Wire/HTTPServer/",  // spans of buffers to system calls, state confined to a loop
    "Sources/Wire/HTTPClient/",  // OpenSSL
    "Sources/ServiceKit/Runtime/Configuration/Machine.swift",  // environment and files, through libc
    "Sources/ServiceKit/Runtime/Program/Console.swift",  // the same for what is printed
    "Sources/ServiceKit/Runtime/Observability/LogWriter.swift",  // lines to a file, through libc
    "Sources/ServiceKit/Runtime/Observability/ProcessFacts.swift",  // what the kernel says of the process
    "Sources/ServiceKit/Testing/Brokers/KafkaServer.swift",  // its folder, and librdkafka's mock cluster
    "Sources/ServiceKit/Testing/Databases/PostgresServer.swift",  // its folder, through libc
    "Sources/ServiceKit/Testing/Databases/RedisServer.swift",  // the same
    "Sources/ServiceKit/Testing/Databases/ShellHelper.swift",  // processes and pipes through libc
    "Sources/ServiceKit/Testing/ScriptedPeer.swift",  // bytes of a socket
    "Sources/ServiceKit/Testing/Simulation/",  // state that one thread has to itself, and the jobs it runs
    "Sources/ServiceKit/Testing/TemporaryFolder.swift",  // folders through libc
]

/// Over this many lines a file of Sources needs a line in the list below it.
let mostLines = 400
let longFiles: [String: String] = [:]
