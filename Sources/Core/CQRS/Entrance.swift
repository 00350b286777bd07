internal import TradewindDomain

/// What every message passes before its own behaviours, in this order: tracing, metrics, audit, validation,
/// authorisation. The first three stand outside, so that they also see what the others refuse: a pipeline calls
/// `open`, then `admit`, and `close` however it ends. Not a closure around the rest, and not generic itself: frames and
/// metadata of generic types were a third of a dispatch.
struct Entrance: Sendable {
    let name: String
    private let kind: Instruments.Kind
    private let authorisation: Authorisation
    private let clockwork: Clockwork
    private let openSpan: (@Sendable (Instruments.Kind, String, RequestContext) -> Span?)?
    private let meter: Instruments.Meter?
    private let audit: (@Sendable (AuditEntry) -> Void)?

    init<M: Message>(
        _ message: M.Type, _ kind: Instruments.Kind, instruments: Instruments, authorisation: Authorisation,
        clockwork: Clockwork
    ) {
        (self.kind, self.authorisation, self.clockwork) = (kind, authorisation, clockwork)
        name = M.name
        openSpan = instruments.openSpan
        meter = instruments.meter?(kind, name)
        audit = kind == .command ? instruments.audit : nil
    }

    /// What has begun and will be closed.
    struct Passage {
        fileprivate let span: Span?
        fileprivate let start: Duration
    }

    /// From here on the request's trace is that of its span.
    func open(_ request: inout RequestContext) -> Passage {
        let span = openSpan?(kind, name, request)
        if let span { request.trace = span.trace }
        return Passage(span: span, start: meter == nil ? .zero : clockwork.uptime())
    }

    func admit<M: Message>(_ message: M, _ caller: Caller) throws -> M.Valid {
        let valid = try message.validated()
        if authorisation == .required { try message.access.admit(caller) }
        return valid
    }

    func close(_ passage: Passage, _ outcome: Outcome, _ message: some Message, _ request: RequestContext) {
        if let audit {
            audit(
                AuditEntry(
                    at: clockwork.now(), command: name, caller: request.caller, request: request.id, outcome: outcome,
                    fields: message.logFields))
        }
        if let meter { meter(outcome, clockwork.uptime() - passage.start) }
        passage.span?.end(outcome)
    }
}

/// Whether `access` is looked at. Off only where a whole system runs without signing in.
package enum Authorisation: Sendable { case required, off }
