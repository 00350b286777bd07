// `broker-member take BACKEND ADDRESS GROUP TOPIC` is a member of the group until it is killed. It prints the body of
// each message when it has handled it.
//
// `broker-member flood BACKEND ADDRESS COUNT` publishes so many messages, handles them, and prints at each tenth how
// many were handled and how many kilobytes the process holds.

internal import Glibc
internal import TradewindBrokers
internal import TradewindMessaging
internal import TradewindReactor
internal import TradewindRuntime

let words = CommandLine.arguments
guard words.count > 4, let name = BrokerChoice.Name(rawValue: words[2]) else { exit(64) }
let loops = try EventLoopGroup(count: 1)
let workers = WorkerPool(threads: 2, queueLimit: 64)
let broker = try await open(name, at: words[3], on: loops, workers)

switch words[1] {
case "take" where words.count == 6: await take(words[4], of: EventName(words[5]))
case "flood": try await flood(Int(words[4]) ?? 0)
default: exit(64)
}

func take(_ group: String, of topic: EventName) async {
    let subscription = Subscription(topic) { delivery in
        let line = delivery.body + [UInt8(ascii: "\n")]
        // One call, so that a line is there or not.
        guard unsafe write(1, line, line.count) == line.count else { exit(1) }
    }
    await Consumer(group, on: broker, [subscription], clockwork: .live).run()
}
