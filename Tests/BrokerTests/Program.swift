import Foundation
import TradewindLocks

/// `broker-member`, which stands beside the tests, and what it prints.
final class Program: Sendable {
    private let process: Process
    private let said = Lock(Data())

    /// - Parameter heard: told each line, in the order in which all programs printed theirs.
    init(_ arguments: [String], heard: @escaping @Sendable (String) -> Void = { _ in }) throws {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        process = Process()
        process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent()
            .appendingPathComponent("broker-member")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        pipe.fileHandleForReading.readabilityHandler = { [self] handle in
            let more = handle.availableData
            if more.isEmpty { handle.readabilityHandler = nil }
            for line in lines(with: more) { heard(line) }
        }
        try process.run()
    }

    /// Those that are complete with what has come.
    private func lines(with more: Data) -> [String] {
        said.withLock { said in
            said.append(more)
            guard let end = said.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
            let whole = said[said.startIndex..<end]
            said = Data(said[(end + 1)...])
            return String(decoding: whole, as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    var isRunning: Bool { process.isRunning }

    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
