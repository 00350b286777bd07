package import TradewindDomain

/// Whose request it is and what belongs to it. Travels as a value from the edge to the handler: what is not passed on
/// is not known.
package struct RequestContext: Sendable {
    package var id: CorrelationID
    package var trace: TraceContext?
    package var caller: Caller
    package var idempotencyKey: IdempotencyKey?
    /// When nobody waits for the answer any more.
    package var deadline: Timestamp?

    package init(
        id: CorrelationID, caller: Caller, trace: TraceContext? = nil, idempotencyKey: IdempotencyKey? = nil,
        deadline: Timestamp? = nil
    ) {
        (self.id, self.caller, self.trace) = (id, caller, trace)
        (self.idempotencyKey, self.deadline) = (idempotencyKey, deadline)
    }
}

/// The request id, by which its log lines and events are found in every service.
package enum CorrelationID: Hashable, Sendable, CustomStringConvertible {
    /// By the client. Whoever takes it in has looked at its characters and its length.
    case given(String)
    /// By us: kept as bits, because nearly nobody asks for the text.
    case made(UUID)

    package var description: String {
        switch self {
        case .given(let text): text
        case .made(let id): id.description
        }
    }
}

/// What a client names an attempt by, so that it can repeat it.
package struct IdempotencyKey: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ text: String) throws(Violations) {
        guard 1...255 ~= text.utf8.count, text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw Violations(.format, "must be 1 to 255 visible ASCII characters")
        }
        description = text
    }
}
