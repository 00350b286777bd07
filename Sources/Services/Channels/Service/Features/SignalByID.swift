internal import ChannelsContracts
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence

package struct SignalByID: Query {
    package typealias Result = SignalView
    let signal: SignalID

    package var access: Access { .signedIn }
}

struct SignalByIDHandler: QueryHandler {
    typealias Handled = SignalByID
    let database: any Database

    func callAsFunction(_ query: SignalByID, for request: RequestContext) async throws -> SignalView {
        let rows = try await database.query(
            "SELECT \(TradingSignal.columns) FROM signals s WHERE s.id = \(query.signal)")
        guard let row = rows.first else { throw NotFound(TradingSignal.kind, query.signal) }
        return try SignalView(row)
    }
}
