internal import TradewindJSON

/// What went wrong, said to the client as RFC 9457 describes: one form for every error of every service.
package struct Problem: Error, Hashable, Sendable {
    package var status: HTTPStatus
    /// A short name that programs can tell problems apart by; becomes the `type`.
    package var code: String?
    package var detail: String?
    /// Every field that is wrong, not just the first.
    package var errors: [FieldError]
    /// Header fields that belong to the answer, such as Allow or Retry-After.
    package var headers: HTTPHeaders

    package init(
        _ status: HTTPStatus, code: String? = nil, detail: String? = nil, errors: [FieldError] = [],
        headers: HTTPHeaders = HTTPHeaders()
    ) {
        (self.status, self.code, self.detail) = (status, code, detail)
        (self.errors, self.headers) = (errors, headers)
    }

    package struct FieldError: Hashable, Sendable, Encodable {
        /// As a path into the body: `items[0].price`.
        package let field: String
        package let code: String
        package let message: String
        package init(field: String, code: String, message: String) {
            (self.field, self.code, self.message) = (field, code, message)
        }
    }

    /// The answer to `request` that says so.
    package func response(to request: Request) -> Response {
        response(requestID: request.id, instance: request.head.target)
    }

    package func response(requestID: RequestID, instance: String?) -> Response {
        let document = Document(
            type: code.map { "urn:tradewind:problem:" + $0 } ?? "about:blank", title: status.reasonPhrase.description,
            status: Int(status.code), detail: detail, instance: instance, requestId: requestID.description,
            errors: errors.isEmpty ? nil : errors)
        let bytes = (try? JSON.encode(document)) ?? []
        return Response(status, contentType: .problem, headers: headers, body: .bytes(bytes))
    }

    private struct Document: Encodable {
        let type: String, title: String, status: Int
        let detail: String?, instance: String?
        let requestId: String
        let errors: [FieldError]?
    }
}

/// An error that knows what to tell the client. Any other becomes a 500 without internals.
package protocol ProblemConvertible: Error {
    var problem: Problem { get }
}

extension Problem: ProblemConvertible {
    package var problem: Problem { self }

    /// What a client is told of an error that a handler threw.
    package init(answering error: any Error) {
        self = (error as? any ProblemConvertible)?.problem ?? Problem(.internalServerError)
    }
}

extension BodyError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .tooLarge(let limit): Problem(.contentTooLarge, detail: "the body may have at most \(limit) bytes")
        case .malformed: Problem(.badRequest, detail: "the body is not framed or encoded as its head says")
        case .truncated: Problem(.badRequest, detail: "the body ended before its time")
        case .tooSlow: Problem(.requestTimeout, detail: "the body came too slowly")
        case .over: Problem(.internalServerError)
        }
    }
}
