internal import CRdkafka
internal import TradewindDomain
internal import TradewindMessaging

/// The dead letter topics, read from beginning to end each time somebody asks.
struct KafkaDeadLetters: DeadLetters {
    let broker: KafkaBroker

    func list(_ topics: [EventName], limit: Int) async throws(BrokerFailure) -> [DeadLetter] {
        let letters = try await broker.blocking { (administration) throws(BrokerFailure) in
            try DeadLetterReader(administration).letters(of: topics)
        }
        return Array(letters.sorted { $0.at < $1.at }.prefix(max(0, limit)))
    }

    func find(_ id: DeadLetter.Identifier) async throws(BrokerFailure) -> DeadLetter? {
        let topic = id.place.lane.topic
        return try await broker.blocking { (administration) throws(BrokerFailure) in
            try DeadLetterReader(administration).letters(of: [topic]) { $0 == id.description }.first
        }
    }

    func drop(_ id: DeadLetter.Identifier) async throws(BrokerFailure) -> Bool {
        guard try await find(id) != nil else { return false }
        let tombstone = Envelope(
            id: UUID(high: 0, low: 0), topic: id.place.lane.topic.deadLetters, key: id.description, body: [])
        switch await broker.send([tombstone], asTombstones: true).first {
        case .refused(let reason): throw BrokerFailure(.refused, reason)
        case .unavailable(let reason): throw BrokerFailure(.unavailable, reason)
        default: return true
        }
    }
}

/// Reads with a client of its own, that is gone afterwards. Blocks.
struct DeadLetterReader {
    private let administration: Administration

    init(_ administration: Administration) { self.administration = administration }

    /// Those whose keys are wanted.
    func letters(
        of topics: [EventName], where isWanted: (String) -> Bool = { _ in true }
    ) throws(BrokerFailure) -> [DeadLetter] {
        let lanes = try administration.lanes(of: topics.map(\.deadLetters))
        let ends = try administration.offsets(Partitions.end, of: lanes)
        let beginnings = try administration.offsets(Partitions.beginning, of: lanes)
        let unread = lanes.filter { (beginnings[$0] ?? 0) < (ends[$0] ?? 0) }
        if unread.isEmpty { return [] }
        var letters: [String: DeadLetter] = [:]
        try read(unread, to: ends) { key, letter in if isWanted(key) { letters[key] = letter } }
        return Array(letters.values)
    }

    /// A letter of nil is a tombstone.
    private func read(
        _ lanes: [Lane], to ends: [Lane: Int64], _ take: (String, DeadLetter?) -> Void
    ) throws(BrokerFailure) {
        let settings = administration.settings
        let client = try Client(.consumer, settings.ofReaders + [("enable.partition.eof", "true")])
        let queue = unsafe rd_kafka_queue_new(client.raw)
        var open: Set<Lane> = []
        defer {
            for lane in lanes {
                if let topic = client.topic(lane.topic) {
                    _ = unsafe rd_kafka_consume_stop(topic.raw, Int32(clamping: lane.number))
                }
            }
            unsafe rd_kafka_queue_destroy(queue)
            client.end()
        }
        for lane in lanes {
            guard let topic = client.topic(lane.topic) else { continue }
            _ = unsafe rd_kafka_consume_start_queue(
                topic.raw, Int32(clamping: lane.number), Partitions.beginning, queue)
            open.insert(lane)
        }
        while !open.isEmpty {
            guard let message = unsafe rd_kafka_consume_queue(queue, CInt(clamping: settings.patience.milliseconds))
            else {
                throw client.explain(Trouble(RD_KAFKA_RESP_ERR__TIMED_OUT))
            }
            defer { unsafe rd_kafka_message_destroy(message) }
            guard let topic = unsafe message.pointee.rkt else { continue }
            let lane = unsafe Lane(
                EventName(String(cString: rd_kafka_topic_name(topic))), Int(message.pointee.partition))
            switch unsafe message.pointee.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR:
                let key = unsafe Message.text(message.pointee.key, message.pointee.key_len)
                let letter = unsafe message.pointee.payload.flatMap { _ in
                    unsafe DeadLetterBox.letter(
                        key: key, body: Message.bytes(message.pointee), headers: Message.headers(message))
                }
                take(key, letter)
                if unsafe message.pointee.offset + 1 >= ends[lane] ?? 0 { open.remove(lane) }
            case RD_KAFKA_RESP_ERR__PARTITION_EOF: open.remove(lane)
            case let code: client.note(Trouble(code))
            }
        }
    }
}
