package import TradewindCQRS
package import TradewindHTTP
internal import TradewindJSON

/// One thing that a service can be asked, declared once: from it come the route, reading and checking what is sent, the
/// rule of who may ask, and the entry in the document.
///
///     .post("/api/orders", "Place an order", access: .signedIn, takes: PlaceOrder.self,
///           gives: .created(OrderView.self, at: { "/api/orders/\($0.id)" })) { order, call in
///         try await commands.send(order, call.context)
///     }
package struct Endpoint: Sendable {
    package let method: HTTPMethod
    package let template: String
    package let access: Access
    let summary: String
    let query: (@Sendable () -> Schema)?
    let body: (@Sendable () -> Schema)?
    let answer: AnswerNote
    private(set) var detail: String?
    private(set) var refusals: [(status: HTTPStatus, summary: String)] = []
    private(set) var isRepeatable = false
    private(set) var isSecret = false
    private(set) var bodyLimit: Int?
    let handle: @Sendable (Call) async throws -> Response

    /// Says more than the summary.
    package func detail(_ text: String) -> Endpoint { changed { $0.detail = text } }

    /// An answer that has a rule of the domain behind it, beside those that every endpoint of its kind has.
    package func refusing(_ status: HTTPStatus, _ summary: String) -> Endpoint {
        changed { $0.refusals.append((status, summary)) }
    }

    /// Honours `Idempotency-Key`.
    package var repeatable: Endpoint { changed { $0.isRepeatable = true } }

    /// What it gives is kept nowhere on the way (RFC 6749 §5.1, of answers with tokens).
    package var secret: Endpoint { changed { $0.isSecret = true } }

    /// What the body may have at most, where the server's limit is not the right one.
    package func limit(body bytes: Int) -> Endpoint { changed { $0.bodyLimit = bytes } }

    private func changed(_ change: (inout Endpoint) -> Void) -> Endpoint {
        var endpoint = self
        change(&endpoint)
        return endpoint
    }
}

extension Endpoint {
    package static func get<Value>(
        _ template: String, _ summary: String, access: Access, gives answer: Answer<Value>,
        _ handle: @escaping @Sendable (Call) async throws -> Value
    ) -> Endpoint {
        bare(.get, template, summary, access, answer, handle)
    }

    /// - Parameter asks: what the query of the URL holds; `init(from:)` as for JSON.
    package static func get<Query: Decodable & Sendable, Value>(
        _ template: String, _ summary: String, access: Access, asks _: Query.Type, gives answer: Answer<Value>,
        _ handle: @escaping @Sendable (Query, Call) async throws -> Value
    ) -> Endpoint {
        let reader = QueryReader<Query>()
        return Endpoint(
            method: .get, template: template, access: access, summary: summary, query: { Schema.of(Query.self) },
            body: nil, answer: answer.note
        ) { call in
            try answer.render(try await handle(try reader.read(call.request), call), call)
        }
    }

    package static func post<Value>(
        _ template: String, _ summary: String, access: Access, gives answer: Answer<Value>,
        _ handle: @escaping @Sendable (Call) async throws -> Value
    ) -> Endpoint {
        bare(.post, template, summary, access, answer, handle)
    }

    package static func post<Body: Decodable & Sendable, Value>(
        _ template: String, _ summary: String, access: Access, takes _: Body.Type, gives answer: Answer<Value>,
        _ handle: @escaping @Sendable (Body, Call) async throws -> Value
    ) -> Endpoint {
        taking(.post, template, summary, access, answer, handle)
    }

    package static func put<Body: Decodable & Sendable, Value>(
        _ template: String, _ summary: String, access: Access, takes _: Body.Type, gives answer: Answer<Value>,
        _ handle: @escaping @Sendable (Body, Call) async throws -> Value
    ) -> Endpoint {
        taking(.put, template, summary, access, answer, handle)
    }

    package static func patch<Body: Decodable & Sendable, Value>(
        _ template: String, _ summary: String, access: Access, takes _: Body.Type, gives answer: Answer<Value>,
        _ handle: @escaping @Sendable (Body, Call) async throws -> Value
    ) -> Endpoint {
        taking(.patch, template, summary, access, answer, handle)
    }

    package static func delete<Value>(
        _ template: String, _ summary: String, access: Access, gives answer: Answer<Value>,
        _ handle: @escaping @Sendable (Call) async throws -> Value
    ) -> Endpoint {
        bare(.delete, template, summary, access, answer, handle)
    }

    private static func bare<Value>(
        _ method: HTTPMethod, _ template: String, _ summary: String, _ access: Access, _ answer: Answer<Value>,
        _ handle: @escaping @Sendable (Call) async throws -> Value
    ) -> Endpoint {
        Endpoint(
            method: method, template: template, access: access, summary: summary, query: nil, body: nil,
            answer: answer.note
        ) { call in
            try answer.render(try await handle(call), call)
        }
    }

    private static func taking<Body: Decodable & Sendable, Value>(
        _ method: HTTPMethod, _ template: String, _ summary: String, _ access: Access, _ answer: Answer<Value>,
        _ handle: @escaping @Sendable (Body, Call) async throws -> Value
    ) -> Endpoint {
        Endpoint(
            method: method, template: template, access: access, summary: summary, query: nil,
            body: { Schema.of(Body.self) }, answer: answer.note
        ) { call in
            let body = try await BodyReader.read(Body.self, from: call.request)
            return try answer.render(try await handle(body, call), call)
        }
    }

    private init(
        method: HTTPMethod, template: String, access: Access, summary: String, query: (@Sendable () -> Schema)?,
        body: (@Sendable () -> Schema)?, answer: AnswerNote,
        handle: @escaping @Sendable (Call) async throws -> Response
    ) {
        (self.method, self.template, self.access, self.summary) = (method, template, access, summary)
        (self.query, self.body, self.answer, self.handle) = (query, body, answer, handle)
    }
}
