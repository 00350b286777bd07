// `kafka-member BROKERS GROUP TOPIC` is a member of the group until it is killed. It prints the body of each message
// that it gets, and then settles it.

internal import Glibc
internal import TradewindKafka
internal import TradewindMessaging
internal import TradewindReactor

let words = CommandLine.arguments
let loops = try EventLoopGroup(count: 1)
let workers = WorkerPool(threads: 2, queueLimit: 64)
let broker = try KafkaBroker(on: loops, workers: workers, settings: KafkaSettings(words[1]))
let source = try await broker.join(words[2], of: [EventName(words[3])])
while true {
    switch await source.next() {
    case .deliveries(let deliveries):
        for delivery in deliveries {
            let line = delivery.body + [UInt8(ascii: "\n")]
            // One call, so that a line is there or not.
            guard unsafe write(1, line, line.count) == line.count else { exit(1) }
        }
        source.settle(deliveries.map(\.place))
    case .revoked(let lanes): source.release(lanes)
    case .closed: exit(0)
    }
}
