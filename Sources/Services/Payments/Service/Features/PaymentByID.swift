internal import PaymentsContracts
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence

package struct PaymentByID: Query {
    package typealias Result = PaymentView
    let payment: PaymentID

    /// The handler knows whose it is.
    package var access: Access { .signedIn }
}

struct PaymentByIDHandler: QueryHandler {
    typealias Handled = PaymentByID
    let database: any Database

    func callAsFunction(_ query: PaymentByID, for request: RequestContext) async throws -> PaymentView {
        let rows = try await database.query("SELECT \(PaymentView.columns) FROM payments WHERE id = \(query.payment)")
        guard let row = rows.first else { throw NotFound(Payment.kind, query.payment) }
        let payment = try PaymentView(row)
        try Access.only(payment.userId).admit(request.caller)
        return payment
    }
}
