import Foundation
import Testing
import TradewindHTTP
import TradewindHTTPServer

@Suite struct `A WebSocket client that is not ours` {
    @Test(.enabled("the Python module websockets is not installed") { await Python.hasWebSockets })
    func `finds everything as the RFC says`() async throws {
        let report = try await withSockets(echoing) { site in
            try await Python.run(["Tests/Interop/websocket_interop.py", "ws://\(site.address)/"])
        }
        #expect(report.code == 0, "\(report.output)")
    }
}

private enum Python {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static var hasWebSockets: Bool {
        get async { (try? await run(["-c", "import websockets.sync.client"]))?.code == 0 }
    }

    /// In the folder that scripts/setup made for it, else the system's.
    static func run(_ arguments: [String]) async throws -> (code: Int32, output: String) {
        let own = root.appending(path: ".build/venv/bin/python").path
        let process = Process()
        let isOwn = FileManager.default.isExecutableFile(atPath: own)
        process.executableURL = URL(filePath: isOwn ? own : "/usr/bin/env")
        process.arguments = isOwn ? arguments : ["python3"] + arguments
        process.currentDirectoryURL = root
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, output)
        return try await withCheckedThrowingContinuation { ended in
            process.terminationHandler = { process in
                let text = try? output.fileHandleForReading.readToEnd()
                ended.resume(returning: (process.terminationStatus, String(decoding: text ?? Data(), as: UTF8.self)))
            }
            do { try process.run() } catch { ended.resume(throwing: error) }
        }
    }
}
