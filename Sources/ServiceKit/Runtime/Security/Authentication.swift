package import TradewindCQRS
package import TradewindDomain
package import TradewindHTTP
package import TradewindSecurity

/// A credential that does not count. The client is told so and no more; the log may say why.
package struct CredentialRefused: ProblemConvertible, Hashable {
    package enum Reason: Hashable, Sendable {
        case token(TokenRefusal)
        case apiKey, identity
        /// Twice in one request, or in a way that is not ours (`Basic`).
        case unreadable
    }

    package let reason: Reason

    package init(reason: Reason) { self.reason = reason }

    package var problem: Problem { .unauthenticated(error: "invalid_token") }
}

extension Problem {
    /// RFC 6750 §3: without an error when nothing was sent, so that nothing was wrong.
    package static func unauthenticated(error: String? = nil) -> Problem {
        let challenge = #"Bearer realm="tradewind""# + (error.map { #", error="\#($0)""# } ?? "")
        let detail = error == nil ? "sign in first" : "the credentials do not count, or no longer"
        return Problem(
            .unauthorized, code: "unauthenticated", detail: detail, headers: [.wwwAuthenticate: challenge])
    }
}

/// Who calls, from the head of a request. Everything that is sent must be right; of several the one that may least
/// counts: an identity that the gateway has signed, else a user's token, else a service's key.
package struct Authentication: Sendable {
    private let tokens: AccessTokens
    private let apiKeys: APIKeys
    private let identity: SignedIdentity
    private let clockwork: Clockwork
    /// For the buses: without it nobody's access is looked at.
    package let authorisation: Authorisation

    package init(
        tokens: AccessTokens, apiKeys: APIKeys, identity: SignedIdentity, isRequired: Bool, clockwork: Clockwork
    ) {
        (self.tokens, self.apiKeys, self.identity) = (tokens, apiKeys, identity)
        (self.clockwork, authorisation) = (clockwork, isRequired ? .required : .off)
    }

    package func caller(of request: Request) throws(CredentialRefused) -> Caller {
        let service = try keyHolder(of: request)
        let user = try tokenHolder(of: request)
        return try identified(in: request) ?? user ?? service ?? .anonymous
    }

    /// Who calls from outside, where an identity that comes along is nobody's word. A client that cannot set fields, as
    /// a browser's WebSocket cannot, may send its token otherwise.
    package func client(of request: Request, orToken token: String? = nil) throws(CredentialRefused) -> Caller {
        let service = try keyHolder(of: request)
        if let user = try tokenHolder(of: request) { return user }
        if let token { return try holder(of: token.utf8Span.span).caller }
        return service ?? .anonymous
    }

    /// For what no bus asks: throws the answer for a caller who may not.
    package func admit(_ caller: Caller, to access: Access) throws(Problem) {
        guard authorisation == .required else { return }
        do { try access.admit(caller) } catch {
            throw error == .unauthenticated ? .unauthenticated() : Problem(.forbidden, code: "forbidden")
        }
    }

    private func tokenHolder(of request: Request) throws(CredentialRefused) -> Caller? {
        let headers = request.head.headers
        let claims = try headers.withSingleValue(.authorization) { value throws(CredentialRefused) in
            guard let start = value.startOfBearerToken else { throw CredentialRefused(reason: .unreadable) }
            return try holder(of: value.extracting(start...))
        }
        return claims?.caller
    }

    private func holder(of token: Swift.Span<UInt8>) throws(CredentialRefused) -> AccessClaims {
        do throws(TokenRefusal) { return try tokens.verify(token, at: clockwork.now()) } catch {
            throw CredentialRefused(reason: .token(error))
        }
    }

    private func keyHolder(of request: Request) throws(CredentialRefused) -> Caller? {
        try request.head.headers.withSingleValue(.xAPIKey) { value throws(CredentialRefused) in
            guard let holder = apiKeys.holder(of: value) else { throw CredentialRefused(reason: .apiKey) }
            return .service(holder)
        }
    }

    private func identified(in request: Request) throws(CredentialRefused) -> Caller? {
        guard let text = request[IdentityHeaders.identity] else { return nil }
        let caller = identity.caller(from: text, request: request.id.description, at: clockwork.now())
        guard let caller, request.head.all(IdentityHeaders.identity).count == 1 else {
            throw CredentialRefused(reason: .identity)
        }
        return caller
    }
}

extension ReceivedHeaders {
    /// The bytes of a field of which there may be one. Of two, one process might believe the first and another the last.
    fileprivate func withSingleValue<Value>(
        _ name: HeaderName, _ body: (Swift.Span<UInt8>) throws(CredentialRefused) -> Value
    ) throws(CredentialRefused) -> Value? {
        guard contains(name) else { return nil }
        guard all(name).count == 1 else { throw CredentialRefused(reason: .unreadable) }
        return try withValue(name, body)
    }
}

extension Swift.Span<UInt8> {
    /// Where a bearer token starts: behind its scheme, which counts in any case (RFC 9110 §11.1), and one blank.
    fileprivate var startOfBearerToken: Int? {
        let scheme = "bearer ".utf8Span.span
        guard count > scheme.count else { return nil }
        for index in scheme.indices where self[index] | 0x20 != scheme[index] { return nil }
        return scheme.count
    }
}
