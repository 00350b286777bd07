package import ChannelsContracts
package import Signals
internal import TradewindAPI
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence

/// How good the signals of a channel have been.
package struct SignalStatistics: Query, Decodable {
    let channelId: ChannelID

    package var access: Access { .signedIn }

    package struct Result: Codable, Equatable, Sendable {
        package struct Day: Codable, Equatable, Sendable {
            package let day: String, received: Int, settled: Int, hits: Int, gainPercent: Ratio
        }
        package let channelId: ChannelID, count: Int, open: Int, settled: Int, hits: Int
        /// 0...1
        package let hitRate: Ratio?
        package let averageRiskReward: Ratio?, profitFactor: Ratio?
        package let gainPercent: Ratio, maxDrawdownPercent: Ratio
        package let perDay: [Day]
    }
}

struct SignalStatisticsHandler: QueryHandler {
    typealias Handled = SignalStatistics
    let database: any Database

    func callAsFunction(_ query: SignalStatistics, for request: RequestContext) async throws
        -> SignalStatistics.Result
    {
        var record = TrackRecord()
        try await database.stream(
            """
            SELECT received_at, risk_reward, settled_at, gain, is_hit FROM signals
            WHERE channel_id = \(query.channelId) ORDER BY settled_at, id
            """
        ) { rows in
            for row in rows {
                record.add(
                    receivedAt: try row.decode(0),
                    riskReward: try row.decode(1, as: Int?.self).map { Ratio(hundredths: $0) },
                    settledAt: try row.decode(2), gain: try row.decode(3), isHit: try row.decode(4))
            }
        }
        return SignalStatistics.Result(record, of: query.channelId)
    }
}

extension SignalStatistics.Result {
    fileprivate init(_ record: TrackRecord, of channel: ChannelID) {
        self.init(
            channelId: channel, count: record.count, open: record.count - record.settled, settled: record.settled,
            hits: record.hits, hitRate: record.hitRate, averageRiskReward: record.averageRiskReward,
            profitFactor: record.profitFactor, gainPercent: Ratio(hundredths: record.gain),
            maxDrawdownPercent: Ratio(hundredths: record.drawdown),
            perDay: record.days.sorted { $0.key < $1.key }.map { day, entry in
                .init(
                    day: day, received: entry.received, settled: entry.settled, hits: entry.hits,
                    gainPercent: Ratio(hundredths: entry.gain))
            })
    }
}
