internal import TradewindMessaging
internal import TradewindObservability

extension Metrics {
    /// What the adapter knows of itself.
    func read(_ broker: any Broker) {
        for meter in broker.meters {
            read(meter.kind == .total ? .counter : .gauge, meter.name, meter.help) {
                meter.read().map { Sample(ClientLabels(client: $0.client), $0.value) }
            }
        }
    }

    /// How far the groups of this process are behind, and what they have in hand.
    func read(_ consumers: [Consumer], on broker: any Broker) {
        read(.gauge, "messages_lag", "Messages that the group has not settled, by all of its members") {
            var samples: [Sample] = []
            for consumer in consumers {
                // A broker that is away tells nothing, and a figure of yesterday would be a lie.
                guard let backlog = try? await broker.backlog(of: consumer.group, consumer.topics) else { continue }
                samples += backlog.map { Sample(LagLabels(group: consumer.group, topic: "\($0)"), Double($1)) }
            }
            return samples
        }
        read(.gauge, "messages_held", "Messages that this process has in hand") {
            consumers.map { Sample(GroupLabels(group: $0.group), Double($0.status.held)) }
        }
    }
}

private struct ClientLabels: Labels {
    static let names: [StaticString] = ["client"]
    let client: String
    var values: [String] { [client] }
}

private struct GroupLabels: Labels {
    static let names: [StaticString] = ["group"]
    let group: String
    var values: [String] { [group] }
}

private struct LagLabels: Labels {
    static let names: [StaticString] = ["group", "topic"]
    let group: String, topic: String
    var values: [String] { [group, topic] }
}
