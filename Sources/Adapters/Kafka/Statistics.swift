internal import TradewindJSON
internal import TradewindMessaging

/// What librdkafka tells of a client every few seconds: of its many figures those that say how the broker does.
struct Statistics: Decodable, Sendable {
    struct Broker: Decodable, Sendable {
        struct Window: Decodable, Sendable {
            /// Microseconds.
            let p50: Int, p99: Int
        }
        let state: String
        /// How it is known; `logical` is the place for whoever looks after a group at the moment.
        let source: String
        let retries: Int, timeouts: Int
        let roundTrip: Window

        private enum CodingKeys: String, CodingKey {
            case state, source
            case retries = "txretries"
            case timeouts = "req_timeouts"
            case roundTrip = "rtt"
        }
    }

    struct Group: Decodable, Sendable {
        let rebalances: Int
        private enum CodingKeys: String, CodingKey { case rebalances = "rebalance_cnt" }
    }

    /// Messages that are not acknowledged yet; of a consumer, none.
    let queued: Int
    let requests: Int, sentBytes: Int, receivedBytes: Int
    let brokers: [String: Broker]
    let group: Group?

    private enum CodingKeys: String, CodingKey {
        case brokers
        case queued = "msg_cnt"
        case requests = "tx"
        case sentBytes = "tx_bytes"
        case receivedBytes = "rx_bytes"
        case group = "cgrp"
    }

    /// Nil for what cannot be read: figures are no reason to fail.
    init?(_ text: [UInt8]) {
        guard let read = try? JSON.decode(Self.self, from: text) else { return nil }
        self = read
    }
}

extension BrokerMeter {
    /// - Parameter clients: what each has told last, by its name.
    static func ofKafka(_ clients: @escaping @Sendable () -> [(client: String, told: Statistics)]) -> [BrokerMeter] {
        func meter(
            _ kind: Kind, _ name: StaticString, _ help: StaticString, _ figure: @escaping @Sendable (Statistics) -> Int,
            scale: Double = 1
        ) -> BrokerMeter {
            BrokerMeter(kind, name, help) { clients().map { ($0.client, Double(figure($0.told)) * scale) } }
        }
        return [
            meter(.level, "kafka_messages_queued", "Messages that Kafka has not acknowledged yet", { $0.queued }),
            meter(.level, "kafka_brokers_up", "Brokers that we are connected to", \.connected),
            meter(.total, "kafka_requests_total", "Requests to Kafka", { $0.requests }),
            meter(.total, "kafka_sent_bytes_total", "Bytes sent to Kafka", { $0.sentBytes }),
            meter(.total, "kafka_received_bytes_total", "Bytes received from Kafka", { $0.receivedBytes }),
            meter(.total, "kafka_retries_total", "Requests that were sent again", { $0.sum(\.retries) }),
            meter(.total, "kafka_timeouts_total", "Requests that were not answered in time", { $0.sum(\.timeouts) }),
            meter(.total, "kafka_rebalances_total", "How often lanes moved", { $0.group?.rebalances ?? 0 }),
            meter(
                .level, "kafka_round_trip_p50_seconds",
                "Median answer of the slowest broker; consumers wait",
                { $0.slowest(\.p50) }, scale: 1e-6),
            meter(
                .level, "kafka_round_trip_p99_seconds", "The same, all answers but one in a hundred",
                { $0.slowest(\.p99) }, scale: 1e-6),
        ]
    }
}

extension Statistics {
    fileprivate var connected: Int { brokers.values.count { $0.state == "UP" && $0.source != "logical" } }

    /// Wrapping, for these are somebody else's numbers.
    fileprivate func sum(_ figure: (Broker) -> Int) -> Int { brokers.values.reduce(0) { $0 &+ figure($1) } }

    fileprivate func slowest(_ figure: (Broker.Window) -> Int) -> Int {
        brokers.values.map { figure($0.roundTrip) }.max() ?? 0
    }
}
