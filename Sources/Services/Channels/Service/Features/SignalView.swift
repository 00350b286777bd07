package import ChannelsContracts
package import Signals
package import TradewindAPI
internal import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON
package import TradewindPersistence

/// A signal as clients see it.
package struct SignalView: Codable, Equatable, Sendable {
    package let id: SignalID, channelId: ChannelID
    package let terms: SignalTerms
    package let receivedAt: Timestamp
    package let status: TradingSignal.Status
    package let targetsHit: Int, openPercent: Int
    package let expiresAt: Timestamp?, settledAt: Timestamp?
    /// Once it is settled, without leverage; nil when nobody knows.
    package let gainPercent: Ratio?

    init(_ signal: TradingSignal) {
        (id, channelId, terms, receivedAt) = (signal.id, signal.channel, signal.terms, signal.receivedAt)
        (status, targetsHit) = (signal.status, signal.position.targetsHit)
        (openPercent, expiresAt, settledAt) = (signal.position.openPercent, signal.expiresAt, signal.settledAt)
        gainPercent = signal.isOpen ? nil : signal.gain.map { Ratio(hundredths: $0) }
    }

    private enum CodingKeys: CodingKey {
        case id, channelId, receivedAt, status, targetsHit, openPercent, expiresAt, settledAt, gainPercent
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(SignalID.self, forKey: .id)
        channelId = try container.decode(ChannelID.self, forKey: .channelId)
        terms = try SignalTerms(from: decoder)
        receivedAt = try container.decode(Timestamp.self, forKey: .receivedAt)
        status = try container.decode(TradingSignal.Status.self, forKey: .status)
        targetsHit = try container.decode(Int.self, forKey: .targetsHit)
        openPercent = try container.decode(Int.self, forKey: .openPercent)
        expiresAt = try container.decodeIfPresent(Timestamp.self, forKey: .expiresAt)
        settledAt = try container.decodeIfPresent(Timestamp.self, forKey: .settledAt)
        gainPercent = try container.decodeIfPresent(Ratio.self, forKey: .gainPercent)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(channelId, forKey: .channelId)
        try terms.encode(to: encoder)
        try container.encode(receivedAt, forKey: .receivedAt)
        try container.encode(status, forKey: .status)
        try container.encode(targetsHit, forKey: .targetsHit)
        try container.encode(openPercent, forKey: .openPercent)
        try container.encodeIfPresent(expiresAt, forKey: .expiresAt)
        try container.encodeIfPresent(settledAt, forKey: .settledAt)
        try container.encodeIfPresent(gainPercent, forKey: .gainPercent)
    }
}

extension SignalView: RowReadable {
    package init(_ row: Row) throws { self.init(try TradingSignal(row)) }
}

extension TradingSignal.Status: Described {}
extension Side: Described {}
extension Market: Described {}
extension OrderType: Described {}

extension Symbol: Described {
    package static var schema: Schema {
        .text(1...Symbol.mostCharacters, pattern: "^[A-Z0-9]+$", expectation: "a symbol like BTCUSDT") {
            (try? Symbol($0)) != nil
        }
        .example("BTCUSDT")
    }
}

extension Price: Described {
    package static var schema: Schema { .number().example(43_250) }
}

extension Ratio: Described {
    package static var schema: Schema { .number(step: .hundredths(1)).example(.hundredths(80)) }
}

extension Timeframe: Described {
    package static var schema: Schema {
        .text(expectation: "a timeframe of charts, like 15m or 4h") { (try? Timeframe($0)) != nil }.example("4h")
    }
}
