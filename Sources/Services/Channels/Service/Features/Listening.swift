internal import TradewindCQRS
package import TradewindDomain
package import TradewindMessaging

/// What the service hears of others: how it is doing, and a hand on it.
package struct Listening: Sendable {
    private let consumer: Consumer
    private let clockwork: Clockwork
    private let start: Duration

    package init(_ consumer: Consumer, clockwork: Clockwork) {
        (self.consumer, self.clockwork, start) = (consumer, clockwork, clockwork.uptime())
    }

    package struct Status: Codable, Equatable, Sendable {
        package let group: String, isListening: Bool
        /// Delivered and not done yet.
        package let inHand: Int
        package let topics: [String]
        /// Why it could not begin yet.
        package let failure: String?
    }

    package struct Statistics: Codable, Equatable, Sendable {
        package struct Topic: Codable, Equatable, Sendable {
            package let topic: String, handled: Int, failed: Int, deadLetters: Int
            package let lastEventAt: Timestamp?, lastError: String?
        }
        package let handled: Int, failed: Int, deadLetters: Int
        package let lastEventAt: Timestamp?
        /// Since the service started.
        package let perSecond: Double
        package let topics: [Topic]
    }

    package var status: Status {
        let status = consumer.status
        return Status(
            group: consumer.group, isListening: !status.isPaused && status.failure == nil, inHand: status.held,
            topics: consumer.topics.map(\.description), failure: status.failure)
    }

    package var statistics: Statistics {
        let topics = consumer.status.topics.sorted { $0.key.description < $1.key.description }.map { name, topic in
            Statistics.Topic(
                topic: name.description, handled: topic.handled, failed: topic.failed, deadLetters: topic.buried,
                lastEventAt: topic.last, lastError: topic.lastFailure)
        }
        let handled = topics.map(\.handled).reduce(0, +)
        let seconds = max((clockwork.uptime() - start) / .seconds(1), 0.001)
        return Statistics(
            handled: handled, failed: topics.map(\.failed).reduce(0, +),
            deadLetters: topics.map(\.deadLetters).reduce(0, +), lastEventAt: topics.compactMap(\.lastEventAt).max(),
            perSecond: (Double(handled) / seconds * 100).rounded() / 100, topics: topics)
    }

    /// What is not taken waits with the broker.
    package func stop() -> Status {
        consumer.pause()
        return status
    }

    package func resume() -> Status {
        consumer.resume()
        return status
    }
}
