internal import TradewindDomain

/// What every message passes before its own behaviours, in this order: tracing, metrics, audit, validation,
/// authorisation. The first three stand outside, so that they also see what the others refuse.
struct Entrance<M: Message>: Sendable {
    let kind: Instruments.Kind
    let name: String
    let authorisation: Authorisation
    let clockwork: Clockwork
    let openSpan: (@Sendable (Instruments.Kind, String, RequestContext) -> Span?)?
    let meter: Instruments.Meter?
    let audit: (@Sendable (AuditEntry) -> Void)?

    init(
        _ kind: Instruments.Kind, instruments: Instruments, authorisation: Authorisation, clockwork: Clockwork
    ) {
        (self.kind, self.authorisation, self.clockwork) = (kind, authorisation, clockwork)
        name = M.name
        openSpan = instruments.openSpan
        meter = instruments.meter?(kind, name)
        audit = kind == .command ? instruments.audit : nil
    }

    func callAsFunction<Result>(
        _ message: M, _ request: RequestContext,
        _ rest: (M.Valid, RequestContext) async throws -> (Result, Outcome)
    ) async throws -> Result {
        var request = request
        let span = openSpan?(kind, name, request)
        if let span { request.trace = span.trace }
        let start = meter == nil ? .zero : clockwork.uptime()
        do {
            let valid = try message.validated()
            if authorisation == .required { try message.access.admit(request.caller) }
            let (result, outcome) = try await rest(valid, request)
            note(outcome, message, request, span, start)
            return result
        } catch {
            note(Outcome(of: error), message, request, span, start)
            throw error
        }
    }

    private func note(
        _ outcome: Outcome, _ message: M, _ request: RequestContext, _ span: Span?, _ start: Duration
    ) {
        audit?(
            AuditEntry(
                at: clockwork.now(), command: name, caller: request.caller, request: request.id, outcome: outcome,
                fields: message.logFields))
        meter?(outcome, clockwork.uptime() - start)
        span?.end(outcome)
    }
}

/// Whether `access` is looked at. Off only where a whole system runs without signing in.
package enum Authorisation: Sendable { case required, off }
