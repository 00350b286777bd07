internal import Synchronization
package import TradewindCQRS
package import TradewindDomain

/// Begins traces, decides which are looked at, and takes the spans of those. Of the others nothing is made but the
/// numbers that log lines and later services know them by.
package final class Tracer: Sendable {
    package let store: TraceStore
    package let queue: SpanQueue
    private let clockwork: Clockwork
    /// Of the low 56 bits of a trace id, which are random by W3C's rule (Trace Context 2, §3.2.2.3.1), those below this
    /// are looked at: every service decides alike.
    private let threshold: UInt64
    private let ids: Atomic<UInt64>

    /// `ratio` of the traces that begin here are looked at; those that come from elsewhere say it themselves. `seed` is
    /// where the span ids begin.
    package init(
        ratio: Double, seed: UInt64, clockwork: Clockwork, store: TraceStore = TraceStore(),
        queue: SpanQueue = SpanQueue(limit: 0)
    ) {
        threshold = UInt64(min(max(ratio, 0), 1) * Double(1 << 56 as UInt64))
        ids = Atomic(seed)
        (self.clockwork, self.store, self.queue) = (clockwork, store, queue)
    }

    /// A number that no other span has: a counter, with its bits stirred (the finaliser of SplitMix64).
    package func newSpanID() -> UInt64 {
        var bits = ids.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return bits == 0 ? 1 : bits
    }

    /// The place of a request in its trace: below the caller's span, or first in a new trace. A request that we named
    /// ourselves gives its trace the same 128 bits, whose low 62 are random, so either name finds the other.
    package func root(of request: CorrelationID, below parent: TraceContext?) -> TraceContext {
        if let parent { return parent.below(newSpanID()) }
        let id: UInt128 =
            switch request {
            case .made(let uuid): UInt128(uuid.high) << 64 | UInt128(uuid.low)
            case .given: UInt128(newSpanID()) << 64 | UInt128(newSpanID())
            }
        let isSampled = UInt64(truncatingIfNeeded: id) & (1 << 56 - 1) < threshold
        return TraceContext(traceID: id, spanID: newSpanID(), isSampled: isSampled)
    }

    package func take(_ span: SpanRecord) {
        store.add(span)
        queue.add(span)
    }

    /// Begins something below `parent`, which may come from another process. Nil when nobody looks at that trace.
    package func open(
        _ kind: SpanRecord.Kind, _ name: String, below parent: TraceContext, in service: String,
        for request: CorrelationID?, _ fields: [LogField] = []
    ) -> OpenSpan? {
        guard parent.isSampled else { return nil }
        return OpenSpan(
            trace: parent.below(newSpanID()), parent: parent.spanID, kind: kind, name: name, service: service,
            request: request, fields: fields, wall: clockwork.now(), start: clockwork.uptime(), tracer: self)
    }

    /// Begins something below what the current task is at; nil outside of requests, and when nobody looks.
    package func open(_ kind: SpanRecord.Kind, _ name: @autoclosure () -> String) -> OpenSpan? {
        guard let scope = Scope.current, scope.trace.isSampled else { return nil }
        return open(kind, name(), below: scope.context, in: scope.service, for: scope.request)
    }

    /// Does what a message asks for, in the trace of whoever sent it, with a span and its name on every log line.
    package func handling<Result>(
        _ name: String, below parent: TraceContext?, for request: CorrelationID, in service: String,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let scope = Scope(service: service, request: request, trace: root(of: request, below: parent))
        let span = OpenSpan(
            trace: scope.trace, parent: parent?.spanID, kind: .consumer, name: name, service: service,
            request: request, fields: [], wall: clockwork.now(), start: clockwork.uptime(), tracer: self)
        do {
            let result = try await Scope.$current.withValue(scope, operation: body)
            span.end()
            return result
        } catch {
            span.end(hasFailed: true)
            throw error
        }
    }

    fileprivate func close(_ span: OpenSpan, hasFailed: Bool, _ fields: [LogField]) {
        guard span.trace.isSampled else { return }
        let (seconds, attoseconds) = (clockwork.uptime() - span.start).components
        take(
            SpanRecord(
                span.trace, parent: span.parent, service: span.service, name: span.name, kind: span.kind,
                start: span.wall.microseconds &* 1_000,
                nanoseconds: seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000,
                hasFailed: hasFailed, request: span.request, fields: span.fields + fields))
    }
}

/// Something that has begun and is told when it is over.
package struct OpenSpan: Sendable {
    /// To be sent on: what follows from it stands below it.
    package let trace: TraceContext
    fileprivate let parent: UInt64?
    fileprivate let kind: SpanRecord.Kind
    fileprivate let name: String, service: String
    fileprivate let request: CorrelationID?
    fileprivate let fields: [LogField]
    fileprivate let wall: Timestamp
    fileprivate let start: Duration
    fileprivate let tracer: Tracer

    package func end(hasFailed: Bool = false, _ fields: [LogField] = []) {
        tracer.close(self, hasFailed: hasFailed, fields)
    }
}
