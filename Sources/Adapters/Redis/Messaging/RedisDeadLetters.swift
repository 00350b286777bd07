internal import TradewindDomain
internal import TradewindMessaging

struct RedisDeadLetters: DeadLetters {
    let client: RedisClient

    /// Entries of one look.
    private static let page = 200

    func list(_ topics: [EventName], limit: Int) async throws(BrokerFailure) -> [DeadLetter] {
        var letters: [DeadLetter] = []
        for topic in topics {
            var count = 0
            _ = try await search(topic) { entry in
                guard count < limit else { return true }
                if let letter = entry.deadLetter {
                    letters.append(letter)
                    count += 1
                }
                return false
            }
        }
        // Each topic's are in their order already.
        return Array(letters.sorted { $0.at < $1.at }.prefix(max(limit, 0)))
    }

    func find(_ id: DeadLetter.Identifier) async throws(BrokerFailure) -> DeadLetter? {
        try await search(id.place.lane.topic) { $0.identifier == id }?.deadLetter
    }

    func drop(_ id: DeadLetter.Identifier) async throws(BrokerFailure) -> Bool {
        let topic = id.place.lane.topic
        guard let entry = try await search(topic, { $0.identifier == id }) else { return false }
        return try await translating { () throws(RedisError) in
            try await client("XDEL", topic.deadLetterKey, entry.id.description).integer == 1
        }
    }

    /// The first, from the oldest on, that is what is looked for.
    private func search(
        _ topic: EventName, _ isIt: (Entry) -> Bool
    ) async throws(BrokerFailure) -> Entry? {
        var start = "-"
        while true {
            let entries = try await translating { () throws(RedisError) in
                try await client("XRANGE", topic.deadLetterKey, start, "+", "COUNT", Self.page).entries
            }
            if let found = entries.first(where: isIt) { return found }
            guard entries.count == Self.page, let last = entries.last else { return nil }
            start = "(\(last.id)"
        }
    }
}
