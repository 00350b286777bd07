import TradewindCQRS
import TradewindDomain
import TradewindJSON
import TradewindObservability
import TradewindTesting

extension Metrics {
    /// What a scrape gets.
    func text(_ format: Exposition.Format = .prometheus) async -> String {
        String(decoding: await exposition(format) { reading in await reading() }, as: UTF8.self)
    }
}

/// A log that nobody writes; its lines are read from the queue.
struct LogFixture {
    let queue: LogQueue
    let log: Log

    init(_ level: LogLevel = .info, _ format: LogFormat = .json, hasColour: Bool = false, limit: Int = 1 << 20) {
        queue = LogQueue(limit: limit) {}
        log = Log(
            service: "orders", style: LogStyle(level: level, format: format, hasColour: hasColour), queue: queue,
            now: { .noon })
    }

    var lines: [String] {
        var text: [UInt8] = []
        var spare = LineBuffer()
        queue.drain(into: &spare) { lines in unsafe lines.withBytes { unsafe text.append(contentsOf: $0) } }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// The only line there is.
    func line() throws -> JSONValue { try JSONValue.parse(lines[0]) }
}

extension Scope {
    static let example = Scope(
        service: "orders", request: .given("request-1"),
        trace: TraceContext(traceID: 0x0AF7_6519_16CD_43DD_8448_EB21_1C80_319C, spanID: 0xB7AD, isSampled: true))
}
