package import TradewindCQRS
package import TradewindDomain
package import TradewindHTTP
package import TradewindSecurity

/// The fields in which callers say who they are, and those in which our own processes tell each other. Their names
/// stand here and nowhere else.
package enum IdentityHeaders {
    /// A `SignedIdentity`, from the gateway to a service.
    package static let identity: HeaderName = "x-tradewind-identity"

    /// What the gateway takes off a client's request before it goes on: what only the gateway may say, names that some
    /// service might believe, and credentials, which were checked and are nobody else's business.
    package static let stripped: [HeaderName] = [
        identity, .xUserID, "x-user-role", "x-user-email", .authorization, .xAPIKey,
    ]

    /// What goes to an upstream instead of what came from the client. The request must go on under the same id.
    package static func replace(
        in headers: inout HTTPHeaders, for caller: Caller, request: RequestID, by identity: SignedIdentity,
        at now: Timestamp
    ) {
        for name in stripped { headers.remove(name) }
        headers[Self.identity] = identity.text(for: caller, request: request.description, at: now)
    }
}

extension HeaderName {
    /// Of calls that come in signed, and of those that we sign (`WebhookSignatures`).
    package static let xSignature256: HeaderName = "x-signature-256"
    package static let xTimestamp: HeaderName = "x-timestamp"
}
