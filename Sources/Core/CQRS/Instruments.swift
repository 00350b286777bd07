package import TradewindDomain

/// What watches messages pass. Each is optional and costs nothing when it is not there.
package struct Instruments: Sendable {
    package enum Kind: String, Sendable { case command, query }
    /// Told how each message of one name ended, and how long it took.
    package typealias Meter = @Sendable (Outcome, Duration) -> Void

    /// Opens a span below the request's; nil for one that is not sampled.
    package var openSpan: (@Sendable (Kind, _ name: String, RequestContext) -> Span?)?
    /// Asked once for each message when a bus is built, so that recording looks nothing up.
    package var meter: (@Sendable (Kind, _ name: String) -> Meter)?
    /// Who did what, with which outcome. Commands only.
    package var audit: (@Sendable (AuditEntry) -> Void)?

    package init(
        openSpan: (@Sendable (Kind, String, RequestContext) -> Span?)? = nil,
        meter: (@Sendable (Kind, String) -> Meter)? = nil, audit: (@Sendable (AuditEntry) -> Void)? = nil
    ) {
        (self.openSpan, self.meter, self.audit) = (openSpan, meter, audit)
    }

    package static let none = Instruments()
}

package struct Span: Sendable {
    /// What the handler sees as the request's trace.
    package let trace: TraceContext
    package let end: @Sendable (Outcome) -> Void

    package init(trace: TraceContext, end: @escaping @Sendable (Outcome) -> Void) {
        (self.trace, self.end) = (trace, end)
    }
}

package struct AuditEntry: Sendable {
    package let at: Timestamp
    package let command: String
    package let caller: Caller
    package let request: CorrelationID
    package let outcome: Outcome
    /// Only what the command opted in.
    package let fields: [LogField]

    package init(
        at: Timestamp, command: String, caller: Caller, request: CorrelationID, outcome: Outcome, fields: [LogField]
    ) {
        (self.at, self.command, self.caller) = (at, command, caller)
        (self.request, self.outcome, self.fields) = (request, outcome, fields)
    }
}
