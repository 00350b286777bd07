internal import ChannelsContracts
internal import Signals
internal import TradewindAPI
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindHTTP

/// Whose news somebody wants.
struct SignalStream: Decodable, Sendable { let channelId: ChannelID?, symbol: String? }

extension SignalStream: Described {
    static var schema: Schema { Schema(of: Self.self).with("symbol", .looseSymbol) }
}

extension ChannelsService {
    var signals: [Endpoint] {
        [
            .get(
                "/api/signals", "List signals, the newest first", access: .signedIn, asks: ListSignals.self,
                gives: .page(of: SignalView.self)
            ) { query, call in
                try await queries.ask(query, call.context)
            },

            .get(
                "/api/signals/stats", "How good the signals of a channel have been", access: .signedIn,
                asks: SignalStatistics.self, gives: .ok(SignalStatistics.Result.self)
            ) { query, call in
                try await queries.ask(query, call.context)
            },

            .get(
                "/api/signals/stream", "Signals as they come and change", access: .signedIn, asks: SignalStream.self,
                gives: .raw(.events)
            ) { query, _ in
                let symbol = try query.symbol.map { try Symbol(loose: $0) }
                return .events { stream in
                    try await feed.follow(query.channelId, symbol) { signal in
                        let json = String(decoding: signal.json, as: UTF8.self)
                        try await stream.send(.init(id: signal.id, event: signal.topic, data: json))
                    }
                }
            }
            .detail("Server-sent events, `trading-signal.received` and `trading-signal.updated`."),

            .get("/api/signals/:id", "One signal", access: .signedIn, gives: .ok(SignalView.self)) { call in
                try await queries.ask(SignalByID(signal: try call.id()), call.context)
            },
        ]
    }
}
