internal import CRdkafka
internal import Glibc
internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindReactor

/// What is asked of the broker besides messages. All of it blocks and so belongs to a worker; the several questions
/// that one answer takes share their time.
struct Administration: Sendable {
    let client: Client
    let settings: KafkaSettings
    /// Until when whoever asks waits.
    let end: Instant

    init(client: Client, settings: KafkaSettings) {
        (self.client, self.settings) = (client, settings)
        end = .now() + settings.patience
    }

    /// Milliseconds that are left; one at least, for nought would be for ever to some.
    var patience: CInt { CInt(clamping: max(1, (end - .now()).milliseconds)) }
    private var isLate: Bool { end <= .now() }
    /// Milliseconds between two looks.
    private static let pause: CInt = 20

    // MARK: Topics

    /// The topics there are, with the number of their partitions.
    func partitions() throws(BrokerFailure) -> [EventName: Int] {
        var found: UnsafePointer<rd_kafka_metadata>?
        let code = unsafe rd_kafka_metadata(client.raw, 1, nil, &found, patience)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let found = unsafe found else {
            throw client.explain(Trouble(code))
        }
        defer { unsafe rd_kafka_metadata_destroy(found) }
        client.isWell()
        var partitions: [EventName: Int] = [:]
        for index in 0..<Int(unsafe found.pointee.topic_cnt) {
            let topic = unsafe found.pointee.topics[index]
            guard unsafe topic.err == RD_KAFKA_RESP_ERR_NO_ERROR, let name = unsafe topic.topic else { continue }
            partitions[unsafe EventName(String(cString: name))] = unsafe Int(topic.partition_cnt)
        }
        return partitions
    }

    func lanes(of topics: [EventName]) throws(BrokerFailure) -> [Lane] {
        let partitions = try partitions()
        return topics.flatMap { topic in (0..<(partitions[topic] ?? 0)).map { Lane(topic, $0) } }
    }

    struct NewTopic {
        let name: EventName, partitions: Int, words: [(String, String)]
    }

    /// Makes those that do not exist.
    func make(_ topics: [NewTopic]) throws(BrokerFailure) {
        let known = try partitions()
        let missing = topics.filter { known[$0.name] == nil }
        if missing.isEmpty { return }
        var made = unsafe [OpaquePointer?]()
        defer { unsafe rd_kafka_NewTopic_destroy_array(&made, made.count) }
        for topic in missing { unsafe made.append(try new(topic)) }
        let event = unsafe try ask(RD_KAFKA_ADMIN_OP_CREATETOPICS) { options, queue in
            unsafe rd_kafka_CreateTopics(client.raw, &made, made.count, options, queue)
        }
        for (name, trouble) in event.topics where trouble.code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS {
            throw client.explain(Trouble(trouble.code, "\(name): \(trouble.text)"))
        }
        try waitUntilKnown(missing.map(\.name))
    }

    /// The controller has made them, but a broker may hear of it later, and would refuse messages until then.
    private func waitUntilKnown(_ topics: [EventName]) throws(BrokerFailure) {
        while !isLate {
            let known = try partitions()
            if topics.allSatisfy({ known[$0] != nil }) { return }
            usleep(UInt32(Self.pause) * 1_000)
        }
        throw BrokerFailure(.unavailable, "Kafka takes long to make topics")
    }

    private func new(_ topic: NewTopic) throws(BrokerFailure) -> OpaquePointer {
        var text = [CChar](repeating: 0, count: 512)
        let made = unsafe rd_kafka_NewTopic_new(
            topic.name.description, CInt(clamping: topic.partitions), CInt(clamping: settings.replication), &text,
            text.count)
        guard let made = unsafe made else {
            throw BrokerFailure(.refused, "the topic \(topic.name) cannot be made: \(String(terminated: text))")
        }
        for (key, value) in topic.words { unsafe rd_kafka_NewTopic_set_config(made, key, value) }
        return unsafe made
    }

    /// Sends a request and waits for its answer.
    private func ask(
        _ operation: rd_kafka_admin_op_t, _ send: (_ options: OpaquePointer?, _ queue: OpaquePointer?) -> Void
    ) throws(BrokerFailure) -> Event {
        let queue = unsafe rd_kafka_queue_new(client.raw),
            options = unsafe rd_kafka_AdminOptions_new(client.raw, operation)
        defer {
            unsafe rd_kafka_AdminOptions_destroy(options)
            unsafe rd_kafka_queue_destroy(queue)
        }
        unsafe rd_kafka_AdminOptions_set_request_timeout(options, patience, nil, 0)
        if operation == RD_KAFKA_ADMIN_OP_CREATETOPICS {
            // The broker answers when the topics can be used.
            unsafe rd_kafka_AdminOptions_set_operation_timeout(options, patience, nil, 0)
        }
        unsafe send(options, queue)
        guard let raw = unsafe rd_kafka_queue_poll(queue, patience + Self.pause) else {
            throw client.explain(Trouble(RD_KAFKA_RESP_ERR__TIMED_OUT))
        }
        let event = unsafe Event(raw)
        guard event.code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw client.explain(event.trouble) }
        client.isWell()
        return event
    }

    // MARK: Offsets

    /// Behind the last message of each lane, or at the first one there is. Waits for lanes that have just been made, or
    /// are moving from one broker to another.
    func offsets(_ which: Int64, of lanes: [Lane]) throws(BrokerFailure) -> [Lane: Int64] {
        if lanes.isEmpty { return [:] }
        var trouble = Trouble(RD_KAFKA_RESP_ERR__TIMED_OUT)
        repeat {
            // Kafka's protocol takes -1 and -2 as times: the end and the beginning.
            let list = Partitions(lanes.map { ($0, which) })
            let code = unsafe list.use { unsafe rd_kafka_offsets_for_times(client.raw, $0, patience) }
            let entries = list.entries
            let codes = [code] + entries.map(\.code)
            guard let failed = codes.first(where: { $0 != RD_KAFKA_RESP_ERR_NO_ERROR }) else {
                return Dictionary(entries.map { ($0.lane, max(0, $0.offset)) }) { one, _ in one }
            }
            trouble = Trouble(failed)
            guard trouble.isMove else { break }
            usleep(UInt32(Self.pause) * 1_000)
        } while !isLate
        throw client.explain(trouble)
    }

    /// What a group has committed; without the lanes of which it has committed nothing.
    func committed(by group: String, _ lanes: [Lane]) throws(BrokerFailure) -> [Lane: Int64] {
        if lanes.isEmpty { return [:] }
        let list = Partitions(lanes.map { ($0, Partitions.none) })
        var request = unsafe list.use { unsafe [rd_kafka_ListConsumerGroupOffsets_new(group, $0)] }
        defer { unsafe rd_kafka_ListConsumerGroupOffsets_destroy(request[0]) }
        let event = unsafe try ask(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS) { options, queue in
            unsafe rd_kafka_ListConsumerGroupOffsets(client.raw, &request, 1, options, queue)
        }
        let (offsets, trouble) = event.groupOffsets
        if let trouble { throw client.explain(trouble) }
        return Dictionary(offsets.filter { $0.offset >= 0 }.map { ($0.lane, $0.offset) }) { _, last in last }
    }

    func backlog(of group: String, _ topics: [EventName]) throws(BrokerFailure) -> [EventName: Int] {
        let lanes = try lanes(of: topics)
        let done = try committed(by: group, lanes)
        let ends = try offsets(Partitions.end, of: lanes)
        let unread = lanes.filter { done[$0] == nil }
        let beginnings = try offsets(Partitions.beginning, of: unread)
        var backlog = Dictionary(topics.map { ($0, 0) }) { one, _ in one }
        for lane in lanes {
            let from = done[lane] ?? beginnings[lane] ?? 0
            backlog[lane.topic, default: 0] += max(0, Int((ends[lane] ?? 0) - from))
        }
        return backlog
    }
}

// What an event holds lives as long as the event, so it is read in methods of the event.
extension Event {
    /// What became of the topics that were to be made, as far as it failed.
    fileprivate var topics: [(name: String, Trouble)] {
        var count = 0
        guard let result = unsafe rd_kafka_event_CreateTopics_result(raw),
            let topics = unsafe rd_kafka_CreateTopics_result_topics(result, &count)
        else { return [] }
        return (0..<count).compactMap { index in
            guard let topic = unsafe topics[index] else { return nil }
            let code = unsafe rd_kafka_topic_result_error(topic)
            if code == RD_KAFKA_RESP_ERR_NO_ERROR { return nil }
            let text = unsafe rd_kafka_topic_result_error_string(topic).map { unsafe String(cString: $0) }
            return unsafe (String(cString: rd_kafka_topic_result_name(topic)), Trouble(code, text))
        }
    }

    /// Of the one group that was asked about.
    fileprivate var groupOffsets: (entries: [Partitions.Entry], Trouble?) {
        var count = 0
        guard let result = unsafe rd_kafka_event_ListConsumerGroupOffsets_result(raw),
            let groups = unsafe rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count), count == 1,
            let only = unsafe groups[0]
        else { return ([], nil) }
        if let error = unsafe rd_kafka_group_result_error(only) {
            return unsafe ([], Trouble(rd_kafka_error_code(error), String(cString: rd_kafka_error_string(error))))
        }
        guard let found = unsafe rd_kafka_group_result_partitions(only) else { return ([], nil) }
        return unsafe (Partitions(copying: found).entries, nil)
    }
}
