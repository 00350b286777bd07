internal import Synchronization
package import TradewindCQRS

/// What is being done at the moment, and for whom: on every log line, and the parent of every span. Handlers do not
/// pass it on; it follows their task.
package struct Scope: Sendable {
    package let service: String
    package let request: CorrelationID
    package let trace: TraceContext
    /// The innermost open span of a sampled request, below which statements and calls stand.
    let innermost: InnermostSpan?

    package init(service: String, request: CorrelationID, trace: TraceContext) {
        (self.service, self.request, self.trace) = (service, request, trace)
        innermost = trace.isSampled ? InnermostSpan(trace.spanID) : nil
    }

    /// A value without closures: binding one is a few words on the task's own stack.
    @TaskLocal package static var current: Scope?

    /// What to send on with calls and messages.
    package var context: TraceContext { innermost.map { trace.below($0.id) } ?? trace }
}

/// A command's span begins and ends within its request, so one place is enough to say where the request is. Commands
/// that a request sends side by side may stand below each other; none is lost.
final class InnermostSpan: Sendable {
    private let current: Atomic<UInt64>

    init(_ id: UInt64) { current = Atomic(id) }

    var id: UInt64 { current.load(ordering: .relaxed) }
    func enter(_ id: UInt64) -> UInt64 { current.exchange(id, ordering: .relaxed) }
}
