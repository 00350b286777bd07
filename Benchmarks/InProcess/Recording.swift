internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindObservability
internal import TradewindTesting

// What it costs to tell what one does: a metric, a log line, the line of an answered request, and binding a scope.

private struct Handled: Labels {
    static let names: [StaticString] = ["topic"]
    let topic: String
    var values: [String] { [topic] }
}

func recording() async throws {
    let metrics = Metrics()
    let counter = metrics.counters("handled_total", "Handled", by: Handled.self)[Handled(topic: "orders")]
    let histogram = metrics.histogram("handling_seconds", "Handling")
    let queue = LogQueue(limit: 64 << 20) {}
    let log = Log(
        service: "orders", style: LogStyle(level: .info, format: .json), queue: queue, now: { .noon })
    let trace = TraceContext(
        traceID: 0x01A1_FD81_38E2_7ADA_BB66_79A7_3778_27AB, spanID: 0xC4F3_188D_48E8_7AE1,
        isSampled: false)
    let id = CorrelationID.made(UUID(high: 0x01A1_FD81_38E2_7ADA, low: 0xBB66_79A7_3778_27AB))
    let scope = Scope(service: "orders", request: id, trace: trace)
    let answer = AccessEntry(
        request: id, trace: trace, status: 200, nanoseconds: 123_456, bytes: 512)
    let place = AccessPlace(service: "orders", method: "GET", route: "/api/orders/:id")
    let path = Array("/api/orders/01a1fd81-38e2-7ada-bb66-79a7377827ab".utf8)
    let order = "01a1fd81-38e2-7ada-bb66-79a7377827ab"
    var spare = LineBuffer()

    let count = nanoseconds { counter.add() }
    let record = nanoseconds { histogram.record(123_456) }
    let line = nanoseconds(emptying: { queue.drain(into: &spare) { _ in } }) {
        Scope.$current.withValue(scope) {
            log.info("order placed", [LogField(.order, order), LogField(.lines, 3)])
        }
    }
    let access = nanoseconds(emptying: { queue.drain(into: &spare) { _ in } }) {
        log.access(answer, place, path: path.span)
    }
    let bind = nanoseconds { Scope.$current.withValue(scope) { consume(0) } }
    print(
        "Recording counter_ns=\(count) histogram_ns=\(record) line_ns=\(line) access_ns=\(access) scope_ns=\(bind)")
}

extension LogKey {
    fileprivate static let order = LogKey("order.id")
    fileprivate static let lines = LogKey("lines")
}

/// For one call: the median of many short turns.
private func nanoseconds(emptying empty: () -> Void = {}, _ body: () -> Void) -> Double {
    let (turns, calls) = (200, 5_000)
    var times: [Double] = []
    for _ in 0..<turns {
        let start = processorTime()
        for _ in 0..<calls { body() }
        times.append((processorTime() - start) / Double(calls))
        empty()
    }
    return median(times)
}
