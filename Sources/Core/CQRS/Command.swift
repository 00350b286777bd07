/// Changes something, once, and says what became of it.
package protocol Command: Message {
    /// How often it may run in all when somebody else was faster. 1, the default, is for what must not be repeated.
    static var attempts: Int { get }
    /// How its answers are kept for repetitions; declared by being an `IdempotentCommand`.
    static var storedAnswers: StoredAnswers<Self>? { get }
}

extension Command {
    package static var attempts: Int { 1 }
    package static var storedAnswers: StoredAnswers<Self>? { nil }
}

/// The one place where a command is carried out. What it does in the transaction takes effect when it returns.
///
///     struct CancelOrderHandler: CommandHandler {
///         typealias Handled = CancelOrder
///         let clockwork: Clockwork
///
///         func callAsFunction(
///             _ command: CancelOrder, in shop: Shop.Transaction, for request: RequestContext
///         ) async throws {
///             try shop.update(command.order) { order in try order.cancel(at: clockwork.now()) }
///         }
///     }
package protocol CommandHandler<Transaction>: Sendable {
    associatedtype Handled: Command
    associatedtype Transaction

    func callAsFunction(
        _ command: Handled.Valid, in transaction: Transaction, for request: RequestContext
    ) async throws -> Handled.Result
}
