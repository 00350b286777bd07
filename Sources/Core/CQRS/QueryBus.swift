package import TradewindDomain

/// Takes each query to the one handler that it has, past what every message passes (`Entrance`).
package struct QueryBus: Sendable {
    private let pipelines: Pipelines

    /// Throws `Miswiring` unless each of the expected queries has a handler, and only one.
    package init(
        for queries: [any Query.Type], instruments: Instruments = .none, authorisation: Authorisation,
        clockwork: Clockwork, @Handlers handlers: () -> [Binding]
    ) throws(Miswiring) {
        pipelines = try Pipelines(
            expected: queries, of: handlers().map { $0.entry(instruments, authorisation, clockwork) }, faults: [])
    }

    package func ask<Q: Query>(_ query: Q, _ request: RequestContext) async throws -> Q.Result {
        try await pipelines.find(QueryPipeline<Q>.self, for: Q.self).run(query, request)
    }

    /// A handler, as it is listed.
    package struct Binding {
        let entry: (Instruments, Authorisation, Clockwork) -> Pipelines.Entry

        fileprivate init<H: QueryHandler>(_ handler: H) {
            entry = { instruments, authorisation, clockwork in
                let entrance = Entrance(
                    H.Handled.self, .query, instruments: instruments, authorisation: authorisation, clockwork: clockwork
                )
                return Pipelines.Entry(
                    message: H.Handled.self, handler: H.self,
                    pipeline: QueryPipeline<H.Handled>(entrance: entrance) { try await handler($0, for: $1) })
            }
        }
    }

    @resultBuilder package enum Handlers {
        package static func buildExpression<H: QueryHandler>(_ handler: H) -> Binding { Binding(handler) }
        package static func buildBlock(_ bindings: Binding...) -> [Binding] { bindings }
    }
}

final class QueryPipeline<Q: Query>: Sendable {
    typealias Handle = @Sendable (Q.Valid, RequestContext) async throws -> Q.Result

    private let entrance: Entrance
    private let handle: Handle

    init(entrance: Entrance, handle: @escaping Handle) { (self.entrance, self.handle) = (entrance, handle) }

    func run(_ query: Q, _ request: RequestContext) async throws -> Q.Result {
        var request = request
        let passage = entrance.open(&request)
        do {
            let result = try await handle(entrance.admit(query, request.caller), request)
            entrance.close(passage, .succeeded, query, request)
            return result
        } catch {
            entrance.close(passage, Outcome(of: error), query, request)
            throw error
        }
    }
}
