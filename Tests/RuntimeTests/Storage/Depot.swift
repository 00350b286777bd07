import Foundation
import Testing
import TradewindHTTP
import TradewindHTTPClient
import TradewindTesting

/// The program `depot` in a folder of its own, run as a person or an orchestrator would.
struct Depot {
    let folder: String
    let settings: [String: String]

    init(in folder: String, _ settings: [String: String] = [:]) {
        self.folder = folder
        self.settings = ["PORT": "0", "PRUNE_INTERVAL": "1s"].merging(settings) { $1 }
    }

    func tell(_ word: String) throws { try Data().write(to: URL(fileURLWithPath: "\(folder)/\(word)")) }
    func unsay(_ word: String) throws { try FileManager.default.removeItem(atPath: "\(folder)/\(word)") }
    func has(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(file)") }

    /// The keys of the events that its broker was given.
    var published: [String] {
        let text = try? String(contentsOfFile: "\(folder)/published", encoding: .utf8)
        return text?.split(separator: "\n").map(String.init) ?? []
    }

    private func process(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = try product("depot")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let kept = ["PATH", "ASAN_OPTIONS", "TSAN_OPTIONS"].compactMap { name in
            ProcessInfo.processInfo.environment[name].map { (name, $0) }
        }
        process.environment = settings.merging(kept) { own, _ in own }
        process.standardInput = FileHandle.nullDevice
        return process
    }

    private func newFile(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path))
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    struct Outcome { let code: Int32, output: String, errors: String }

    /// Runs a command, or a start that fails, to its end.
    func run(_ arguments: String...) async throws -> Outcome {
        let process = try process(arguments)
        let name = "\(folder)/run-\(UUID().uuidString)"
        for (ending, stream) in [("out", \Process.standardOutput), ("err", \Process.standardError)] {
            process[keyPath: stream] = try newFile("\(name).\(ending)")
        }
        try await process.untilItsEnd { try process.run() }
        return Outcome(
            code: process.terminationStatus, output: try String(contentsOfFile: "\(name).out", encoding: .utf8),
            errors: try String(contentsOfFile: "\(name).err", encoding: .utf8))
    }

    /// Runs the services while `body` runs, then asks them to stop.
    func serve(_ body: @escaping @Sendable (_ address: String, HTTPClient) async throws -> Void) async throws {
        let process = try process([])
        let output = "\(folder)/serve-\(UUID().uuidString)"
        process.standardOutput = try newFile(output)
        process.standardError = process.standardOutput
        try process.run()
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        var address: String?
        try await eventually("a program that is ready") {
            let text = try String(contentsOfFile: output, encoding: .utf8)
            guard process.isRunning else { throw DidNotHappen("the start: \(text)") }
            address = text.firstMatch(of: #/"service":"orders","msg":"listens","address":"([^"]*)"/#).map {
                String($0.1)
            }
            return address != nil && text.contains("\"msg\":\"ready\"")
        }
        let found = try #require(address)
        try await withClient { client in try await body(found, client) }
        try await process.untilItsEnd { kill(process.processIdentifier, SIGTERM) }
        let text = try String(contentsOfFile: output, encoding: .utf8)
        #expect(process.terminationStatus == 0 && process.terminationReason == .exit, "\(text)")
    }
}

extension Process {
    /// Runs `body`, which begins or ends the process, and waits until it is over.
    fileprivate func untilItsEnd(_ body: () throws -> Void) async throws {
        try body()
        try await eventually("the end of a process") { !self.isRunning }
    }
}

/// A program of this package, which stands beside the tests.
private func product(_ name: String) throws -> URL {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let program = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(name)
    try #require(FileManager.default.isExecutableFile(atPath: program.path), "\(name) is not built")
    return program
}

extension HTTPClient {
    /// Status and text.
    func look(_ address: String) async throws -> (status: UInt16, text: String) {
        let response = try await get(address)
        return (response.status.code, String(decoding: try await response.bytes, as: UTF8.self))
    }

    func store(_ parcel: String, at address: String) async throws -> UInt16 {
        let response = try await post(address + "/parcels", body: Array(parcel.utf8))
        _ = try await response.bytes
        return response.status.code
    }
}
