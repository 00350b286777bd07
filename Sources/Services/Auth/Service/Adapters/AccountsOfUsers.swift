package import TradewindCQRS
package import TradewindDomain
internal import TradewindHTTP
package import TradewindHTTPClient
internal import TradewindJSON
internal import TradewindRuntime
package import TradewindSecurity
package import UsersContracts

/// The accounts that the users service keeps, over HTTP.
package struct AccountsOfUsers: Accounts {
    package typealias Send = @Sendable (ClientRequest) async throws -> ClientResponse

    private let origins: [Origin]
    private let apiKey: String
    private let identity: SignedIdentity
    private let clockwork: Clockwork
    private let send: Send

    private let timeouts: ClientTimeouts

    /// - Parameters:
    ///   - apiKey: by which users knows us.
    ///   - patience: less than the 2 s within which a client hears that a part is away.
    package init(
        at urls: [String], apiKey: String, identity: SignedIdentity, clockwork: Clockwork,
        patience: Duration = .milliseconds(1_800), send: @escaping Send
    ) throws(ClientError) {
        var timeouts = ClientTimeouts()
        (timeouts.queue, timeouts.connect, timeouts.total) = (patience / 3, patience / 3, patience)
        var origins: [Origin] = []
        for url in urls { origins.append(try ClientRequest(.get, url).origin) }
        (self.origins, self.apiKey, self.identity) = (origins, apiKey, identity)
        (self.clockwork, self.timeouts, self.send) = (clockwork, timeouts, send)
    }

    /// As whoever asks, signed, and not as ourselves: our key would make anybody an administrator.
    package func register(_ account: NewAccount, for request: RequestContext) async throws -> Account {
        var headers = HTTPHeaders()
        headers[IdentityHeaders.identity] = identity.text(
            for: request.caller, request: request.id.description, at: clockwork.now())
        return try await answer(.post, "/api/users", headers, try JSON.encode(account), request).account()
    }

    package func verify(_ credentials: Credentials, for request: RequestContext) async throws -> Account {
        try await answer(
            .post, "/internal/credentials/verify", [.xAPIKey: apiKey], try JSON.encode(credentials), request
        ).account()
    }

    package func account(of user: UserID, for request: RequestContext) async throws -> Account? {
        let answer = try await answer(.get, "/api/users/\(user)", [.xAPIKey: apiKey], [], request)
        return answer.status == .notFound ? nil : try answer.account()
    }

    private func answer(
        _ method: HTTPMethod, _ target: String, _ headers: HTTPHeaders, _ body: [UInt8], _ request: RequestContext
    ) async throws -> Answer {
        var headers = headers
        headers[.xRequestID] = request.id.description
        headers[.traceparent] = request.trace?.parent
        if !body.isEmpty { headers[.contentType] = "application/json" }
        // Each request begins elsewhere, so that all have something to do.
        let first = Int(clockwork.newUUID().low % UInt64(max(1, origins.count)))
        for origin in origins[first...] + origins[..<first] {
            var call = ClientRequest(
                method, origin, target: target, headers: headers, body: body.isEmpty ? .none : .bytes(body))
            call.timeouts = timeouts
            do {
                let response = try await send(call)
                return Answer(
                    status: response.status, bytes: try await response.bytes, retryAfter: response[.retryAfter])
            } catch let error as ClientError where error == .cancelled {
                throw CancellationError()
            } catch let error as ClientError {
                guard error.isBeforeSending else { break }
            }
        }
        throw Refusal.unavailable(retryAfter: .seconds(1))
    }
}

extension ClientError {
    /// So that another instance can be asked without anything being done twice.
    fileprivate var isBeforeSending: Bool {
        switch self {
        case .refused, .connectTimedOut, .resolution, .tls, .overloaded: true
        default: false
        }
    }
}

/// What users has said.
private struct Answer {
    let status: HTTPStatus, bytes: [UInt8], retryAfter: String?

    func account() throws -> Account {
        guard status == .ok || status == .created else { throw try refusal() }
        return try JSON.decode(Account.self, from: bytes)
    }

    /// Its words about the request, as our own; about itself only that it cannot.
    private func refusal() throws -> any Error {
        let problem = try? JSON.decode(ProblemDocument.self, from: bytes)
        switch status {
        case .badRequest:
            var check = Validation()
            for error in problem?.errors ?? [] {
                check.require(false, .init(stringLiteral: error.code), error.message, at: error.field)
            }
            try check.done()
        case .unauthorized: return Refusal.unauthenticated
        case .forbidden: return Refusal.forbidden
        case .conflict:
            let name = problem?.type.split(separator: ":").last ?? "conflict"
            return Refusal.conflict(Rule(stringLiteral: String(name)))
        default: break
        }
        return Refusal.unavailable(retryAfter: .seconds(retryAfter.flatMap { Int64($0) } ?? 1))
    }
}

private struct ProblemDocument: Decodable {
    struct Fault: Decodable { let field: String, code: String, message: String }
    let type: String, errors: [Fault]?
}
