internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindHTTP
internal import TradewindMessaging
internal import TradewindPersistence

extension Problem {
    /// What the client is told of an error of the domain, the bus or the database; nil for one that is our own mistake.
    init?(_ error: any Error, of call: Call?) {
        switch error {
        case let problem as any ProblemConvertible: self = problem.problem
        case let violations as Violations: self.init(violations)
        case let missing as NotFound: self.init(.notFound, code: "not-found", detail: missing.description)
        case let conflict as VersionConflict:
            let isExpected = call?.expectedVersion != nil
            self.init(isExpected ? .preconditionFailed : .conflict, code: "version", detail: conflict.description)
        case let broken as any DomainError: self.init(.conflict, rule: broken.rule)
        case let refusal as Refusal: self.init(refusal)
        case DatabaseError.nulInText: self.init(.badRequest, detail: "a text holds a NUL, which cannot be stored")
        case let failure as DatabaseError where failure.isUnavailability || failure.isWorthAnotherAttempt:
            self = .unavailable(retryAfter: .seconds(1))
        case let failure as BrokerFailure where failure.kind == .unavailable:
            self = .unavailable(retryAfter: .seconds(1))
        default: return nil
        }
    }

    private init(_ violations: Violations) {
        let errors = violations.all.map {
            FieldError(field: $0.field, code: $0.code.description, message: $0.message)
        }
        self.init(.badRequest, detail: "the request is not as it must be", errors: errors)
    }

    private init(_ status: HTTPStatus, rule: Rule) {
        self.init(status, code: rule.description, detail: rule.description.replacing("-", with: " "))
    }

    private init(_ refusal: Refusal) {
        switch refusal {
        case .unauthenticated: self = .unauthenticated
        case .forbidden: self.init(.forbidden, detail: "this is not for you")
        case .conflict(let rule): self.init(.conflict, rule: rule)
        case .unavailable(let pause): self = .unavailable(retryAfter: pause)
        }
    }

    static let unauthenticated = Problem(
        .unauthorized, detail: "a bearer token is needed", headers: [.wwwAuthenticate: "Bearer"])

    static func unavailable(retryAfter pause: Duration) -> Problem {
        let seconds = max(1, pause.components.seconds + (pause.components.attoseconds > 0 ? 1 : 0))
        return Problem(
            .serviceUnavailable, detail: "a part of the service is away; please try again",
            headers: [.retryAfter: String(seconds)])
    }
}
