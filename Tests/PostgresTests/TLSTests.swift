import Glibc
import Testing
import TradewindLocks
import TradewindPersistence
import TradewindPostgres
import TradewindTesting

@Suite struct `A connection to PostgreSQL over TLS` {
    private static let openssl = "/usr/bin/openssl"

    private struct Site: Sendable {
        let server: PostgresServer, port: UInt16, folder: String

        /// `root` is the authority that the client trusts: `right`, whose certificate the server shows, or `wrong`.
        func settings(_ mode: String, root: String? = nil, host: String = "localhost") -> PostgresSettings {
            let trust = root.map { "&sslrootcert=\(folder)/\($0).pem" } ?? ""
            return PostgresSettings(
                "postgres://tradewind@\(host):\(port)/postgres?hostaddr=127.0.0.1&sslmode=\(mode)\(trust)")
        }

        func isEncrypted(_ settings: PostgresSettings) async throws -> Bool {
            let answer = Lock(false)
            try await withDatabase(settings) { database in
                let rows = try await database.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
                let isEncrypted: Bool = try rows[0].decode(0)
                answer.withLock { $0 = isEncrypted }
            }
            return answer.withLock(\.self)
        }
    }

    /// A server whose certificate names `localhost`.
    private func withSite(_ body: (Site) async throws -> Void) async throws {
        guard PostgresServer.isInstalled else { try Test.cancel("PostgreSQL is not installed") }
        guard unsafe access(Self.openssl, X_OK) == 0 else { try Test.cancel("openssl is not installed") }
        try await withTemporaryFolder { folder in
            try ShellHelper(Self.certificates, [folder]).end()
            let port = try freePort()
            let server = try await PostgresServer.start(
                options:
                    "-c listen_addresses=127.0.0.1 -c ssl=on -c ssl_cert_file=../peer.pem -c ssl_key_file=../peer.key",
                port: port, files: ["\(folder)/peer.pem", "\(folder)/peer.key"])
            defer { server.stop() }
            try await body(Site(server: server, port: port, folder: folder))
        }
    }

    private static let certificates = """
        cd "$1" || exit
        key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
        for authority in right wrong; do
            openssl req -x509 $key -days 2 -subj "/CN=$authority" -keyout $authority.key -out $authority.pem
        done 2>/dev/null
        echo 'subjectAltName = DNS:localhost' >names
        openssl req $key -subj /CN=peer -keyout peer.key -out peer.csr 2>/dev/null
        openssl x509 -req -in peer.csr -CA right.pem -CAkey right.key -CAcreateserial -days 2 -extfile names \
            -out peer.pem 2>/dev/null
        """

    @Test func `is as its mode says`() async throws {
        try await withSite { site in
            for (settings, expected) in [
                (site.settings("disable"), false), (site.settings("require"), true),
                (site.settings("verify-full", root: "right"), true),
                (site.settings("verify-ca", root: "right", host: "elsewhere"), true),
            ] {
                let isEncrypted = try await site.isEncrypted(settings)
                #expect(isEncrypted == expected, "\(settings.connection)")
            }
        }
    }

    @Test func `is not made to a server that cannot prove who it is`() async throws {
        try await withSite { site in
            for (settings, reason) in [
                (site.settings("verify-full", root: "wrong"), "certificate verify failed"),
                (site.settings("verify-full", root: "right", host: "elsewhere"), "does not match host name"),
                (site.settings("verify-full", root: "missing"), "root certificate file"),
            ] {
                try await withDatabase(settings) { database in
                    let found = await failure { () async throws(DatabaseError) in try await database.ping() }
                    guard case .unavailable(let text) = found.error else {
                        Issue.record("\(String(describing: found.error))")
                        return
                    }
                    #expect(text.contains(reason))
                }
            }
        }
    }

    @Test func `is not made without encryption when it is required`() async throws {
        guard PostgresServer.isInstalled else { try Test.cancel("PostgreSQL is not installed") }
        let port = try freePort()
        let server = try await PostgresServer.start(options: "-c listen_addresses=127.0.0.1", port: port)
        defer { server.stop() }
        try await withDatabase(Site(server: server, port: port, folder: "").settings("require")) { database in
            let found = await failure { () async throws(DatabaseError) in try await database.ping() }
            guard case .unavailable(let text) = found.error else {
                Issue.record("\(String(describing: found.error))")
                return
            }
            #expect(text.contains("does not support SSL"))
        }
    }

    @Test func `carries as much as one without, both ways`() async throws {
        try await withSite { site in
            try await withDatabase(site.settings("verify-full", root: "right")) { database in
                let large = try await database.query("SELECT repeat('x', 1000) FROM generate_series(1, 20000)")
                #expect(large.count == 20_000)
                try await database.run("CREATE TABLE notes (id bigint PRIMARY KEY, note text)")
                let note = String(repeating: "y", count: 5_000)
                let loaded = try await database.load(BulkTable("notes", columns: "id", "note")) { loader in
                    for id in 0..<2_000 { try await loader.add(id, note) }
                }
                #expect(loaded == 2_000)
                var streamed = 0
                try await database.stream("SELECT note FROM notes") { streamed += $0.count }
                #expect(streamed == 2_000)
            }
        }
    }
}

/// One that nobody listens on now.
private func freePort() throws -> UInt16 {
    let socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
        }
    }
    guard isBound else { throw DidNotHappen("a port: errno \(errno)") }
    return UInt16(bigEndian: address.sin_port)
}
