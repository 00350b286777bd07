import Foundation
import TradewindTesting

/// Certificates made by the `openssl` program for one test: an authority's, and one that it signed.
struct Certificates {
    static let openssl = "/usr/bin/openssl"
    static let isPossible = FileManager.default.isExecutableFile(atPath: openssl)

    private let folder: URL
    var authority: String { folder.appendingPathComponent("ca.pem").path }

    /// `names` are those of the peer: "DNS:localhost,IP:127.0.0.1".
    init(for names: String, isExpired: Bool = false) async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try write(Self.configuration + "[extensions]\nsubjectAltName = \(names)\n", to: "config")
        try write("", to: "database")
        let dates = isExpired ? "-startdate 20200101000000Z -enddate 20200102000000Z" : "-days 2"
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        try await run(
            """
            set -e
            openssl req -x509 \(key) -days 2 -subj '/CN=Test Authority' -keyout ca.key -out ca.pem
            openssl req \(key) -subj /CN=peer -keyout peer.key -out peer.csr
            openssl ca -batch -notext -config config -cert ca.pem -keyfile ca.key -in peer.csr -extensions extensions \
                -out peer.pem \(dates)
            """)
    }

    /// `openssl ca` is the one command that can date a certificate into the past, and it wants a file of settings.
    private static let configuration = """
        [ca]
        default_ca = test
        [test]
        database = database
        new_certs_dir = .
        rand_serial = yes
        default_md = sha256
        policy = any
        unique_subject = no
        [any]
        commonName = supplied

        """

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

    func write(_ data: Data, to name: String) throws { try data.write(to: folder.appendingPathComponent(name)) }

    private func run(_ script: String) async throws {
        let process = process("/bin/sh", ["-c", script])
        let status = try await withCheckedThrowingContinuation { caller in
            process.terminationHandler = { caller.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { caller.resume(throwing: error) }
        }
        if status != 0 { throw DidNotHappen("openssl failed with \(status)") }
    }

    private func process(_ program: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardInput = Pipe()  // s_server ends when its input does
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        return process
    }

    /// A TLS server with the peer's certificate, on a port of the kernel's choice, which it prints to a file.
    func serve(_ options: [String]) async throws -> Server {
        let server = process(
            Self.openssl, ["s_server", "-accept", "127.0.0.1:0", "-cert", "peer.pem", "-key", "peer.key"] + options)
        try write("", to: "output")
        let output = folder.appendingPathComponent("output")
        server.standardOutput = try FileHandle(forWritingTo: output)
        try server.run()
        // What fails below must not leave it running.
        var isServing = false
        defer { if !isServing { kill(server.processIdentifier, SIGKILL) } }
        var port: UInt16?
        try await eventually("the port of openssl s_server") {
            let line = try String(contentsOf: output, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false
            )
            .dropLast().first { $0.hasPrefix("ACCEPT") }
            port = line?.split(separator: ":").last.flatMap { UInt16($0) }
            return port != nil
        }
        isServing = true
        return Server(process: server, port: port ?? 0)
    }

    struct Server {
        let process: Process
        let port: UInt16

        /// Not by SIGTERM, which a child of a thread that blocks signals never sees.
        func stop() { kill(process.processIdentifier, SIGKILL) }
    }
}
