import Foundation
import TradewindTesting

/// Certificates made by the `openssl` program for one test run: an authority, and what it signed.
struct Certificates {
    static let isPossible = FileManager.default.isExecutableFile(atPath: openssl)
    static let openssl = "/usr/bin/openssl"

    let folder: URL
    var authority: String { path("ca.pem") }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try run(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=Test Authority", "-keyout", "ca.key", "-out", "ca.pem")
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// A certificate for `names` ("DNS:localhost,IP:127.0.0.1") as `name.pem` and `name.key`.
    func issue(_ name: String, for names: String, isExpired: Bool = false) throws {
        try run(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=peer",
            "-keyout", "\(name).key", "-out", "\(name).csr")
        try "subjectAltName=\(names)".write(toFile: path("\(name).ext"), atomically: true, encoding: .utf8)
        // `x509` has no option for a start in the past, `ca` has.
        try "".write(toFile: path("\(name).db"), atomically: true, encoding: .utf8)
        try """
        [ca]
        default_ca = one
        [one]
        database = \(path("\(name).db"))
        new_certs_dir = \(folder.path)
        rand_serial = yes
        default_md = sha256
        policy = any
        unique_subject = no
        [any]
        commonName = supplied
        """.write(toFile: path("\(name).cnf"), atomically: true, encoding: .utf8)
        let dates = isExpired ? ["-startdate", "20200101000000Z", "-enddate", "20200102000000Z"] : ["-days", "2"]
        try run(
            [
                "ca", "-batch", "-config", "\(name).cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in", "\(name).csr",
                "-extfile", "\(name).ext", "-out", "\(name).pem", "-notext",
            ] + dates)
    }

    private func run(_ arguments: String...) throws { try run(arguments) }

    private func run(_ arguments: [String]) throws {
        let process = try start(arguments)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw DidNotHappen("openssl \(arguments.joined(separator: " ")) failed")
        }
    }

    /// A TLS server with the certificate of that name, on a port of the kernel's choice, which it prints.
    func serve(_ name: String, _ options: [String]) throws -> (server: Process, port: UInt16) {
        let output = Pipe()
        let server = try start(
            ["s_server", "-accept", "127.0.0.1:0", "-cert", "\(name).pem", "-key", "\(name).key"] + options,
            output: output)
        var text = ""
        while true {
            let bytes = output.fileHandleForReading.availableData
            text += String(decoding: bytes, as: UTF8.self)
            if let line = text.split(separator: "\n").first(where: { $0.hasPrefix("ACCEPT") }), text.hasSuffix("\n"),
                let port = line.split(separator: ":").last.flatMap({ UInt16($0) })
            {
                return (server, port)
            }
            if bytes.isEmpty { throw DidNotHappen("openssl s_server said \(text) and ended") }
        }
    }

    private func start(_ arguments: [String], output: Any = FileHandle.nullDevice) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.openssl)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
        process.standardInput = Pipe()  // s_server ends when its input does
        try process.run()
        return process
    }
}
