package import TradewindCQRS
package import TradewindDomain
package import TradewindHTTP

/// A request that has been let in: who sent it, and what it says beside its body.
package struct Call: Sendable {
    package let request: Request
    package let context: RequestContext
    /// The version that the client saw: `If-Match` with the tag of an answer of ours.
    package let expectedVersion: Version?

    /// An id that stands in the path.
    package func id<Tag>(_ name: String = "id") throws(Violations) -> ID<Tag> {
        guard let id = UUID(request.parameter(name) ?? "") else { throw Self.noID(name) }
        return ID(id)
    }

    private static func noID(_ name: String) -> Violations {
        var check = Validation()
        check.require(false, .format, "must be a UUID", at: name)
        do { try check.done() } catch { return error }
        return Violations(.format, "must be a UUID")
    }
}

/// What a service's edge needs of the rest of it, to let requests in.
package struct Edge: Sendable {
    /// Who sends the request; throws the answer to one who cannot prove it.
    package var authenticate: @Sendable (Request) throws -> Caller
    /// Off where a system runs without signing in: then everybody may do everything.
    package var authorisation: Authorisation
    package var clockwork: Clockwork
    /// Where the request stands in its trace.
    package var trace: @Sendable (Request) -> TraceContext?
    /// After which nobody waits for the answer any more.
    package var patience: Duration

    package init(
        authenticate: @escaping @Sendable (Request) throws -> Caller, authorisation: Authorisation,
        clockwork: Clockwork, trace: @escaping @Sendable (Request) -> TraceContext? = Edge.sentTrace,
        patience: Duration = .seconds(30)
    ) {
        (self.authenticate, self.authorisation, self.clockwork) = (authenticate, authorisation, clockwork)
        (self.trace, self.patience) = (trace, patience)
    }

    /// The client's trace, if it has one.
    package static func sentTrace(_ request: Request) -> TraceContext? {
        request[.traceparent].flatMap { TraceContext(parent: $0, state: request[.tracestate]) }
    }

    func admit(_ request: Request, _ access: Access) throws -> Call {
        var caller = try authenticate(request)
        switch authorisation {
        case .required: try access.admit(caller)
        case .off: if caller == .anonymous { caller = .service("anyone") }
        }
        let key = try request[.idempotencyKey].map { text throws(Problem) in
            do throws(Violations) { return try IdempotencyKey(text) } catch {
                throw Problem(
                    .badRequest, errors: [.init(field: "Idempotency-Key", code: "format", message: error.description)])
            }
        }
        let context = RequestContext(
            id: CorrelationID(request.id), caller: caller, trace: trace(request), idempotencyKey: key,
            deadline: clockwork.now() + patience)
        return Call(request: request, context: context, expectedVersion: try Self.expectedVersion(request))
    }

    /// One tag of ours. Of what is none, or nothing at all, nothing will ever be the current version: who wanted to be
    /// careful must not be taken for who did not.
    private static func expectedVersion(_ request: Request) throws -> Version? {
        guard let text = request[.ifMatch] else { return nil }
        switch EntityTagCondition(text) {
        case .any: return nil
        case .tags(let tags) where tags.count == 1 && !tags[0].isWeak:
            if let number = Int64(tags[0].opaque) { return Version(number) }
        case .tags, nil: break
        }
        throw Problem(.preconditionFailed, code: "version", detail: "If-Match is no version of this resource")
    }
}

extension CorrelationID {
    package init(_ id: RequestID) {
        switch id {
        case .given(let text): self = .given(text)
        case .made(let high, let low): self = .made(UUID(high: high, low: low))
        }
    }
}
