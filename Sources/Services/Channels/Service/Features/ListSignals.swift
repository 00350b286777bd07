internal import ChannelsContracts
internal import Signals
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON
internal import TradewindPersistence

package struct ListSignals: Query, Decodable {
    package typealias Result = Page<SignalView>

    let channelId: ChannelID?, symbol: String?, side: Side?, status: TradingSignal.Status?, since: Timestamp?
    let limit: Int?, after: SignalID?

    /// Signals are there to be followed, by whoever has an account.
    package var access: Access { .signedIn }

    package struct Valid: Sendable {
        let channel: ChannelID?, symbol: Symbol?, side: Side?, status: TradingSignal.Status?, since: Timestamp?
        let limit: PageSize, after: SignalID?
    }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let symbol = check("symbol", ifPresent: symbol) { (text) throws(Violations) in try Symbol(loose: text) }
        let size = check("limit", try PageSize(limit))
        return Valid(
            channel: channelId, symbol: symbol, side: side, status: status, since: since, limit: try check.all(size),
            after: after)
    }
}

struct ListSignalsHandler: QueryHandler {
    typealias Handled = ListSignals
    let database: any Database

    func callAsFunction(_ query: ListSignals.Valid, for request: RequestContext) async throws -> Page<SignalView> {
        let channel: SQL = query.channel.map { "AND s.channel_id = \($0)" } ?? ""
        let symbol: SQL = query.symbol.map { "AND s.symbol = \($0.description)" } ?? ""
        let side: SQL = query.side.map { "AND s.side = \($0)" } ?? ""
        let status: SQL = query.status.map { "AND s.status = \($0)" } ?? ""
        let since: SQL = query.since.map { "AND s.received_at >= \($0)" } ?? ""
        let after: SQL = query.after.map { "AND s.id < \($0)" } ?? ""
        let rows = try await database.query(
            """
            SELECT \(TradingSignal.columns) FROM signals s
            WHERE true \(channel) \(symbol) \(side) \(status) \(since) \(after)
            ORDER BY s.id DESC LIMIT \(query.limit.count + 1)
            """)
        return Page(try rows.decode(SignalView.self), limit: query.limit.count) { $0.id.description }
    }
}

extension ListSignals: Described {
    package static var schema: Schema { Schema(of: Self.self).with("symbol", .looseSymbol).with("limit", .pageSize) }
}

extension Schema {
    static let looseSymbol = Schema.text(
        1...40, pattern: #"^[ /-]*([A-Za-z0-9][ /-]*){1,15}$"#, expectation: "a symbol like BTCUSDT or btc/usdt"
    ) { (try? Symbol(loose: $0)) != nil }
    .example("BTCUSDT")
}
