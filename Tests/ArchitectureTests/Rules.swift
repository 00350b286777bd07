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
    "TradewindDomain", "TradewindCQRS", "TradewindPersistence", "TradewindMessaging", "TradewindRepositories",
]
private let adapters: Set<String> = ["TradewindKafka", "TradewindPostgres", "TradewindSQLite"]
private let ours: Set<String> = wire.union(ends).union(core).union(adapters).union([
    "TradewindReactor", "TradewindRuntime", "TradewindTesting",
])

let layers: [Layer] = [
    Layer("Sources/System"),
    Layer("Sources/System/Locks", imports: ["Synchronization"]),
    Layer("Sources/Reactor", imports: small.union(["CLinux"])),  // the only code that knows epoll
    Layer("Sources/Wire/JSON", imports: small),
    Layer("Sources/Wire/HTTP", imports: small.union(["CZlib", "TradewindJSON"])),
    Layer("Sources/Wire/HTTPServer", imports: small.union(wire).union(["TradewindReactor"])),
    Layer("Sources/Wire/HTTPClient", imports: small.union(wire).union(["TradewindReactor", "COpenSSL"])),
    Layer("Sources/Core/Domain"),  // not even libc: what a domain says is true on any machine
    Layer("Sources/Core/CQRS", imports: ["TradewindLocks", "TradewindDomain", "TradewindJSON"]),
    Layer(
        "Sources/Core/Messaging",
        imports: small.union(["TradewindDomain", "TradewindCQRS", "TradewindPersistence", "TradewindJSON"])),
    Layer("Sources/Core/Repositories", imports: small.union(core)),
    Layer("Sources/Core/Persistence", imports: small.union(["TradewindDomain", "TradewindJSON"])),
    Layer(
        "Sources/Adapters/SQLite", imports: small.union(core).union(["TradewindJSON", "TradewindReactor", "CSQLite"])),
    Layer("Sources/Adapters/Kafka", imports: small.union(core).union(["TradewindReactor", "CRdkafka"])),
    Layer(
        "Sources/Adapters/Postgres",
        imports: small.union(core).union(["TradewindJSON", "TradewindReactor", "CPostgres"])),
    Layer(
        "Sources/ServiceKit/Runtime",
        imports: small.union(wire).union(["TradewindDomain", "TradewindReactor", "TradewindHTTPServer"])),
    Layer(
        "Sources/ServiceKit/Testing",
        imports: small.union(wire).union(ends).union(adapters).union([
            "TradewindDomain", "TradewindPersistence", "TradewindReactor", "CRdkafka",
        ])),
    Layer("Sources/Programs", imports: ["TradewindRuntime", "TradewindHTTP", "TradewindHTTPServer"]),
    Layer("Tests", imports: small.union(ours).union(["Testing", "Foundation", "Dispatch", "RegexBuilder"])),
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
        onlyIn: ["Sources/Reactor/", "Sources/Wire/HTTPServer/", "Sources/ServiceKit/"],
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
    "Sources/Adapters/SQLite/",  // SQLite, and the threads that wait for it
    "Sources/Core/Persistence/Statement.swift",  // addresses of literals, to compare
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
    "Sources/ServiceKit/Testing/Brokers/KafkaServer.swift",  // its folder, and librdkafka's mock cluster
    "Sources/ServiceKit/Testing/Databases/PostgresServer.swift",  // its folder, through libc
    "Sources/ServiceKit/Testing/Databases/ShellHelper.swift",  // processes and pipes through libc
    "Sources/ServiceKit/Testing/TemporaryFolder.swift",  // folders through libc
]

/// Over this many lines a file of Sources needs a line in the list below it.
let mostLines = 400
let longFiles: [String: String] = [:]
