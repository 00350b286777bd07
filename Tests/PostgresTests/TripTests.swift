import Glibc
import Testing
import TradewindLocks
import TradewindPersistence
import TradewindPostgres
import TradewindReactor
import TradewindTesting

/// What a transaction costs in round trips, seen from between us and the server.
@Suite struct `A transaction on PostgreSQL` {
    private func trips(_ body: @escaping @Sendable (any Transaction) async throws -> Void) async throws -> Int {
        guard PostgresServer.isInstalled else { try Test.cancel("PostgreSQL is not installed") }
        let server = try await PostgresServer.start()
        defer { server.stop() }
        return try await withTemporaryFolder { folder in
            let wire = try Wiretap(listeningIn: folder, to: server.folder)
            defer { wire.stop() }
            var settings = PostgresSettings("host=\(folder) user=tradewind dbname=postgres")
            settings.connections = 1
            let found = Lock(0)
            try await withDatabase(settings) { database in
                try await database.run("CREATE TABLE parcels (id bigint PRIMARY KEY)")
                let before = wire.syncs
                try await database.transaction { tx in try await body(tx) }
                found.withLock { $0 = wire.syncs - before }
            }
            return found.withLock(\.self)
        }
    }

    @Test func `that only writes is one round trip`() async throws {
        let trips = try await trips { tx in
            try await tx.commit(["INSERT INTO parcels VALUES (1)", "INSERT INTO parcels VALUES (2)"])
        }
        #expect(trips == 1)
    }

    @Test func `that reads once and then writes is two`() async throws {
        let trips = try await trips { tx in
            _ = try await tx.query("SELECT id FROM parcels FOR UPDATE")
            try await tx.commit(["INSERT INTO parcels VALUES (1)", "INSERT INTO parcels VALUES (2)"])
        }
        #expect(trips == 2)
    }

    @Test func `that does nothing is none`() async throws {
        #expect(try await trips { _ in } == 0)
    }
}

/// Passes on what a client and a server say, and counts how often the client ends a trip (message `S`, Sync).
///
/// Safety: `@unchecked Sendable` because its threads share nothing but the lock and descriptors, which are numbers.
private final class Wiretap: @unchecked Sendable {
    private let counted = Lock(0)
    private let listener: CInt
    var syncs: Int { counted.withLock(\.self) }

    init(listeningIn folder: String, to server: String) throws {
        listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard unsafe at(folder, { unsafe bind(listener, $0, $1) }) == 0, listen(listener, 8) == 0 else {
            throw DidNotHappen("a socket: errno \(errno)")
        }
        start { [self] in
            while true {
                let client = accept(listener, nil, nil)
                if client < 0 {
                    close(listener)
                    return
                }
                let upstream = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
                _ = unsafe at(server) { unsafe connect(upstream, $0, $1) }
                start { [self] in
                    var isStartup = true
                    var rest: [UInt8] = []
                    pass(client, upstream) { self.count($0, &rest, &isStartup) }
                }
                start { pass(upstream, client) { _ in } }
            }
        }
    }

    /// Ends the thread that waits for clients; those of connections end with them.
    func stop() { shutdown(listener, CInt(SHUT_RDWR)) }

    /// Messages are a type and a length that counts itself; the first has no type.
    private func count(_ bytes: [UInt8], _ rest: inout [UInt8], _ isStartup: inout Bool) {
        rest += bytes
        while true {
            let head = isStartup ? 0 : 1
            guard rest.count >= head + 4 else { return }
            let length = rest[head..<(head + 4)].reduce(0) { $0 << 8 | Int($1) }
            guard rest.count >= head + length else { return }
            if !isStartup, rest[0] == UInt8(ascii: "S") { counted.withLock { $0 += 1 } }
            // A request for TLS is answered with a byte, and the startup message follows.
            isStartup = isStartup && length == 8
            rest.removeFirst(head + length)
        }
    }
}

private func pass(_ from: CInt, _ to: CInt, _ look: ([UInt8]) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = unsafe read(from, &buffer, buffer.count)
        guard count > 0 else { break }
        look(Array(buffer[..<count]))
        guard unsafe send(to, buffer, count, CInt(MSG_NOSIGNAL)) == count else { break }
    }
    shutdown(to, CInt(SHUT_RDWR))
}

private func start(_ work: @escaping @Sendable () -> Void) {
    final class Box {
        let work: @Sendable () -> Void; init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
    var thread = pthread_t()
    unsafe pthread_create(
        &thread, nil,
        { box in
            if let box = unsafe box { unsafe Unmanaged<Box>.fromOpaque(box).takeRetainedValue().work() }
            return nil
        }, Unmanaged.passRetained(Box(work)).toOpaque())
    pthread_detach(thread)
}

/// The address of a PostgreSQL socket in a folder.
private func at(_ folder: String, _ use: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: "\(folder)/.s.PGSQL.5432".utf8) }
    return unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe use($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
