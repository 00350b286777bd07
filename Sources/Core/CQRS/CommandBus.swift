package import TradewindDomain

/// What a command passes on its way to its handler, outermost first. The order is the same for all and stands in
/// `CommandPipeline`.
package struct CommandBehaviours<Work: UnitOfWork>: Sendable {
    /// Tracing, metrics, audit.
    package let instruments: Instruments
    package let authorisation: Authorisation
    /// Nil only where no command is idempotent.
    package let idempotency: (any IdempotencyStore<Work.Transaction>)?
    package let unitOfWork: Work
    package let clockwork: Clockwork

    package init(
        instruments: Instruments = .none, authorisation: Authorisation,
        idempotency: (any IdempotencyStore<Work.Transaction>)?, unitOfWork: Work, clockwork: Clockwork
    ) {
        (self.instruments, self.authorisation, self.idempotency) = (instruments, authorisation, idempotency)
        (self.unitOfWork, self.clockwork) = (unitOfWork, clockwork)
    }
}

/// Takes each command to the one handler that it has:
///
///     let commands = try CommandBus(for: [PlaceOrder.self, CancelOrder.self], behaviours) {
///         PlaceOrderHandler(clockwork: clockwork)
///         CancelOrderHandler(clockwork: clockwork)
///     }
///     let order = try await commands.send(PlaceOrder(…), request)
package struct CommandBus<Work: UnitOfWork>: Sendable {
    private let pipelines: Pipelines

    /// Throws `Miswiring` unless each of the expected commands has a handler, and only one.
    package init(
        for commands: [any Command.Type], _ behaviours: CommandBehaviours<Work>,
        @Handlers handlers: () -> [Binding]
    ) throws(Miswiring) {
        let bindings = handlers()
        let hasStore = behaviours.idempotency != nil
        pipelines = try Pipelines(
            expected: commands, of: bindings.map { $0.entry(behaviours) },
            faults: bindings.filter { $0.isIdempotent && !hasStore }.map {
                "\($0.name) is idempotent, but the bus has no store for its answers"
            })
    }

    package func send<C: Command>(_ command: C, _ request: RequestContext) async throws -> C.Result {
        try await pipelines.find(CommandPipeline<C, Work>.self, for: C.self).run(command, request)
    }

    /// A handler, as it is listed.
    package struct Binding {
        let name: String
        let isIdempotent: Bool
        let entry: (CommandBehaviours<Work>) -> Pipelines.Entry

        fileprivate init<H: CommandHandler<Work.Transaction>>(_ handler: H) {
            name = H.Handled.name
            isIdempotent = H.Handled.storedAnswers != nil
            entry = { behaviours in
                Pipelines.Entry(
                    message: H.Handled.self, handler: H.self,
                    pipeline: CommandPipeline<H.Handled, Work>(behaviours) { try await handler($0, in: $1, for: $2) })
            }
        }
    }

    @resultBuilder package enum Handlers {
        package static func buildExpression<H: CommandHandler<Work.Transaction>>(_ handler: H) -> Binding {
            Binding(handler)
        }
        package static func buildBlock(_ bindings: Binding...) -> [Binding] { bindings }
    }
}
