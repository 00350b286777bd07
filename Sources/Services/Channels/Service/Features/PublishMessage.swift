package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON
internal import TradewindMessaging
internal import TradewindRepositories

/// Tells something to whoever listens, for those of our own that have no outbox.
package struct PublishMessage: Command, Decodable {
    package struct Result: Codable, Sendable { package let id: UUID }

    let topic: String, key: String?, data: JSONValue

    package var access: Access { .service }
    package var logFields: [LogField] { [LogField(.topic, topic)] }

    package struct Valid: Sendable { let topic: EventName, key: String?, data: JSONValue }

    package static let longestTopic = 100
    package static let topics = "^[a-z0-9]+([.-][a-z0-9]+)*$"

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        check.require(Self.isTopic(topic), .format, "must be a topic like order.created", at: "topic")
        let key = check("key", ifPresent: key) { (text) throws(Violations) in try ExternalID(text).description }
        check.require(data.object != nil, "type", "must be an object", at: "data")
        try check.done()
        return Valid(topic: EventName(topic), key: key, data: data)
    }

    static func isTopic(_ text: String) -> Bool {
        let words = text.utf8.split(omittingEmptySubsequences: false) {
            $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
        return text.utf8.count <= longestTopic
            && words.allSatisfy { !$0.isEmpty && $0.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x7A ~= $0 } }
    }
}

struct PublishMessageHandler: CommandHandler {
    typealias Handled = PublishMessage
    let clockwork: Clockwork

    /// Without a key it has its place in no order.
    func callAsFunction(_ command: PublishMessage.Valid, in work: Work, for request: RequestContext) async throws
        -> PublishMessage.Result
    {
        let key = command.key ?? clockwork.newUUID().description
        return .init(id: try work.publish(command.data, to: command.topic, key: key, for: request))
    }
}

extension PublishMessage: Described {
    package static var schema: Schema {
        Schema(of: Self.self)
            .with(
                "topic",
                .text(1...longestTopic, pattern: topics, expectation: "a topic like order.created", check: isTopic)
            )
            .with("key", .externalID)
            .with("data", .map(of: .anything))
            .example(["topic": "market.price", "key": "BTCUSDT", "data": ["symbol": "BTCUSDT"]])
    }
}

extension LogKey {
    static let topic = LogKey("topic")
}
