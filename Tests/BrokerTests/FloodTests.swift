import Testing
import TradewindLocks
import TradewindTesting

@Suite(.serialized) struct `A flood of messages` {
    /// A million of them is one of the fault tests (Tests/Faults/flood.py).
    @Test(arguments: Carrier.allCases) func `passes without the process growing`(carrier: Carrier) async throws {
        try await carrier.use { site in
            let sizes = Lock<[Int]>([])
            let address = carrier == .embedded ? "-" : site.address
            let program = try Program(["flood", carrier.rawValue, address, "50000"]) { line in
                guard let size = line.split(separator: " ").last.flatMap({ Int($0) }) else { return }
                sizes.withLock { $0.append(size) }
            }
            defer { program.kill() }
            try await eventually("all messages") { sizes.withLock { $0.count } == 10 }
            let kilobytes = sizes.withLock { $0 }
            #expect(kilobytes[9] - kilobytes[4] < 16_000, "\(kilobytes)")
        }
    }
}
