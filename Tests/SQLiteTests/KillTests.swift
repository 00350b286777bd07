import Foundation
import Testing
import TradewindPersistence
import TradewindSQLite
import TradewindTesting

@Suite struct `A writer that is killed` {
    /// So many are needed: with answers given before the commit, six rounds still passed.
    private let rounds = 200

    @Test func `loses nothing that it was told is stored, and leaves nothing half`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/killed.db"
            var acknowledged: Set<Int> = []
            var before = 0
            for round in 0..<rounds {
                acknowledged.formUnion(try writeAndKill(path, afterLines: Int.random(in: 1...120)))
                try await withDatabase(at: path) { db in
                    let orders = try await ids("SELECT id FROM orders", in: db)
                    let events = try await ids("SELECT id FROM outbox", in: db)
                    let (half, lost) = (orders.symmetricDifference(events), acknowledged.subtracting(orders))
                    #expect(half.isEmpty && lost.isEmpty, "round \(round)")
                    #expect(orders.count > before)
                    before = orders.count
                }
            }
            try await withDatabase(at: path) { db in
                let verdict = try await db.query("PRAGMA integrity_check")[0].decode(0, as: String.self)
                #expect(verdict == "ok")
            }
        }
    }

    private func ids(_ sql: SQL, in db: SQLiteDatabase) async throws -> Set<Int> {
        Set(try await db.query(sql).map { try $0.decode(0, as: Int.self) })
    }

    /// Returns what the writer said is stored, up to the last whole line.
    private func writeAndKill(_ path: String, afterLines lines: Int) throws -> [Int] {
        let writer = Process()
        writer.executableURL = try product("sqlite-writer")
        writer.arguments = [path]
        let pipe = Pipe()
        writer.standardOutput = pipe
        try writer.run()
        var said = Data()
        while said.count(where: { $0 == UInt8(ascii: "\n") }) < lines {
            let more = pipe.fileHandleForReading.availableData
            if more.isEmpty { break }
            said.append(more)
        }
        kill(writer.processIdentifier, SIGKILL)
        said.append(pipe.fileHandleForReading.readDataToEndOfFile())
        writer.waitUntilExit()
        #expect(writer.terminationReason == .uncaughtSignal, "the writer ended by itself")
        let whole = said.prefix(upTo: said.lastIndex(of: UInt8(ascii: "\n")) ?? said.startIndex)
        return whole.split(separator: UInt8(ascii: "\n")).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    }
}

/// A program of this package, which stands beside the tests.
private func product(_ name: String) throws -> URL {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let program = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(name)
    try #require(FileManager.default.isExecutableFile(atPath: program.path), "\(name) is not built")
    return program
}
