internal import TradewindCQRS
internal import TradewindLocks

/// The traces of late, in memory, for a look without any collector: the oldest goes when a new one comes.
package final class TraceStore: Sendable {
    private struct Kept {
        var spans: [SpanRecord] = []
        var isCut = false
    }
    private struct State {
        var traces: [UInt128: Kept] = [:]
        /// The ids in the order in which they came, in a ring.
        var order: [UInt128] = []
        var next = 0
    }

    private let most: Int, spansEach: Int
    private let state = Lock(State())

    /// A trace that goes on for ever keeps its first spans.
    package init(most: Int = 1_000, spansEach: Int = 256) { (self.most, self.spansEach) = (most, spansEach) }

    func add(_ span: SpanRecord) {
        state.withLock { state in
            if state.traces[span.traceID] == nil { makeRoom(for: span.traceID, &state) }
            let count = state.traces[span.traceID]?.spans.count ?? 0
            if count < spansEach {
                state.traces[span.traceID, default: Kept()].spans.append(span)
            } else {
                state.traces[span.traceID]?.isCut = true
            }
        }
    }

    private func makeRoom(for id: UInt128, _ state: inout State) {
        if state.order.count < most { return state.order.append(id) }
        state.traces[state.order[state.next]] = nil
        state.order[state.next] = id
        state.next = (state.next + 1) % most
    }

    /// The latest first.
    package func traces(
        of request: String? = nil, through service: String? = nil, limit: Int = 100
    ) -> [RecentTrace] {
        let state = state.withLock { $0 }
        let latestFirst = (state.order[state.next...] + state.order[..<state.next]).reversed()
        var found: [RecentTrace] = []
        for id in latestFirst where found.count < limit {
            guard let kept = state.traces[id] else { continue }
            if let service, !kept.spans.contains(where: { $0.service == service }) { continue }
            if let request, !kept.spans.contains(where: { $0.request?.description == request }) { continue }
            found.append(RecentTrace(id, kept.spans, isCut: kept.isCut))
        }
        return found
    }
}

/// A trace as `/internal/traces` tells it. Times are milliseconds, the start of a span counted from the trace's.
package struct RecentTrace: Encodable, Sendable {
    let traceId: String, requestId: String?
    /// Milliseconds since 1970.
    let start: Double
    let durationMs: Double
    let services: [String]
    let isCut: Bool
    let spans: [RecentSpan]

    init(_ id: UInt128, _ spans: [SpanRecord], isCut: Bool) {
        let spans = spans.sorted { $0.start < $1.start }
        let begin = spans.map(\.start).min() ?? 0
        let end = spans.map { $0.start &+ $0.nanoseconds }.max() ?? begin
        traceId = id.hexadecimal
        requestId = spans.lazy.compactMap { $0.request?.description }.first
        start = Double(begin / 1_000) / 1_000
        durationMs = (end &- begin).inMilliseconds
        services = Set(spans.map(\.service)).sorted()
        self.isCut = isCut
        self.spans = spans.map { RecentSpan($0, since: begin) }
    }
}

package struct RecentSpan: Encodable, Sendable {
    let spanId: String, parentId: String?
    let service: String, name: String, kind: String
    let offsetMs: Double, durationMs: Double
    let hasFailed: Bool
    let fields: [String: String]

    fileprivate init(_ span: SpanRecord, since begin: Int64) {
        (spanId, parentId) = (span.id.hexadecimal, span.parent?.hexadecimal)
        (service, name, kind) = (span.service, span.name, "\(span.kind)")
        (offsetMs, durationMs) = ((span.start &- begin).inMilliseconds, span.nanoseconds.inMilliseconds)
        hasFailed = span.hasFailed
        fields = Dictionary(span.fields.map { ($0.key.description, $0.key.isSecret ? "•••" : $0.value) }) { $1 }
    }
}

extension Int64 {
    fileprivate var inMilliseconds: Double { Double(self / 1_000) / 1_000 }
}
