import Foundation
import Testing
import TradewindDomain
import TradewindKafka
import TradewindMessaging
internal import TradewindRuntime
import TradewindTesting

@Suite struct `Dead letters in Kafka` {
    @Test func `are kept with their reason, found, replayed and dropped`() async throws {
        try await withKafka { bench in
            try bench.needsRealKafka()
            let letters = bench.broker.deadLetters
            try await bench.publish([bench.event("order-1", "{broken", headers: ["ce_type": "order.created"])])
            let source = try await bench.join()
            let delivery = try await take(1, from: source, settling: false)[0]
            let letter = letter(of: delivery, in: bench.group)
            try await source.bury(letter)
            // Once more, as after a crash between the two.
            try await source.bury(letter)
            await source.close()

            let listed = try await letters.list([bench.topic], limit: 10)
            let one = try #require(listed.first)
            #expect(listed.count == 1 && one.id == letter.id && one.body == letter.body && one.key == "order-1")
            #expect(one.reason == "not JSON" && one.attempts == 6 && one.at == letter.at)
            #expect(one.headers == ["ce_type": "order.created"])
            #expect(try await bench.broker.backlog(of: bench.group, [bench.topic]) == [bench.topic: 0])

            #expect(try await letters.find(letter.id)?.id == letter.id)
            #expect(try await bench.broker.replay(letter.id, as: Clockwork.live.newUUID()))
            #expect(try await letters.find(letter.id) == nil)
            #expect(try await letters.drop(letter.id) == false)
            let again = try await bench.join()
            let replayed = try await take(1, from: again)[0]
            #expect(replayed.text == "{broken" && replayed.key == "order-1" && replayed.headers == delivery.headers)
            await again.close()
        }
    }

    @Test func `without a body are no tombstones, and a null key or a binary one stops nobody`() async throws {
        try await withKafka { bench in
            try bench.needsRealKafka()
            let letters = bench.broker.deadLetters
            try kcat(["-P", "-b", bench.server.brokers, "-t", bench.topic.description, "-Z"], input: "null key\n")
            try kcat(
                ["-P", "-b", bench.server.brokers, "-t", bench.topic.description, "-K", ":"],
                input: Data([0xFF, 0xFE, 0x00, 0x80]) + Data(":binary key\n".utf8))
            let source = try await bench.join()
            for delivery in try await take(2, from: source, settling: false) {
                var dead = letter(of: delivery, in: bench.group)
                dead = DeadLetter(
                    id: dead.id, key: dead.key, body: [], headers: [:], reason: "empty", attempts: 1, at: dead.at)
                try await source.bury(dead)
            }
            let listed = try await letters.list([bench.topic], limit: 10)
            #expect(listed.count == 2 && listed.allSatisfy { $0.body.isEmpty })
            #expect(try await letters.list([bench.topic], limit: 1).count == 1)
            await source.close()
        }
    }

    @Test func `are shown by kcat as they are documented`() async throws {
        try await withKafka { bench in
            try bench.needsRealKafka()
            try await bench.publish([bench.event("order-1", #"{"specversion":"1.0"}"#)])
            let source = try await bench.join()
            let delivery = try await take(1, from: source, settling: false)[0]
            try await source.bury(letter(of: delivery, in: bench.group))
            await source.close()
            let arguments = ["-C", "-e", "-q", "-b", bench.server.brokers, "-f", "%k|%s|%h\\n", "-t"]
            #expect(try kcat(arguments + [bench.topic.description]) == "order-1|{\"specversion\":\"1.0\"}|\n")
            let shown = try kcat(arguments + ["\(bench.topic).dlq"])
            let id = DeadLetter.Identifier(delivery.place, of: bench.group)
            #expect(shown.hasPrefix("\(id)|{\"specversion\":\"1.0\"}|"))
            for header in ["dlq-key=order-1", "dlq-reason=not JSON", "dlq-attempts=6", "dlq-group=\(bench.group)"] {
                #expect(shown.contains(header))
            }
        }
    }

    private func letter(of delivery: Delivery, in group: String) -> DeadLetter {
        DeadLetter(
            id: .init(delivery.place, of: group), key: delivery.key, body: delivery.body, headers: delivery.headers,
            reason: "not JSON", attempts: 6, at: Timestamp(microseconds: 1_750_000_000_123_000))
    }
}

@discardableResult
func kcat(_ arguments: [String], input: String = "") throws -> String { try kcat(arguments, input: Data(input.utf8)) }

@discardableResult
func kcat(_ arguments: [String], input: Data) throws -> String {
    let path = "/usr/bin/kcat"
    guard FileManager.default.isExecutableFile(atPath: path) else { try Test.cancel("kcat is not installed") }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let (to, from) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (to, from)
    try process.run()
    try to.fileHandleForWriting.write(contentsOf: input)
    try to.fileHandleForWriting.close()
    let output = from.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
}
