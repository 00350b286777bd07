internal import PaymentsContracts
package import TradewindAPI
internal import TradewindCQRS

extension PaymentsService {
    package var api: API {
        API("Payments", "What was paid for orders, and what could not be") {
            Endpoint.get(
                "/api/payments", "List payments, the newest first", access: .signedIn, asks: ListPayments.self,
                gives: .page(of: PaymentView.self)
            ) { query, call in
                try await queries.ask(query, call.context)
            }

            Endpoint.get("/api/payments/:id", "One payment", access: .signedIn, gives: .ok(PaymentView.self)) { call in
                try await queries.ask(PaymentByID(payment: try call.id()), call.context)
            }
        }
    }
}
