internal import CRdkafka
internal import CRdkafkaLoader
internal import TradewindDomain
internal import TradewindLocks
internal import TradewindMessaging

/// An instance of librdkafka, which has threads of its own. It remembers what went wrong last, to say it to those who
/// ask in vain.
///
/// Safety: `@unchecked Sendable` because librdkafka's functions may be called from any thread. Whoever ends it sees to
/// it that nobody uses it any more.
@safe final class Client: @unchecked Sendable {
    enum Kind { case producer, consumer }

    let raw: OpaquePointer
    private struct State {
        var trouble: Trouble?
        var statistics: Statistics?
        var topics: [EventName: Topic] = [:]
        /// Threads that are in one of its functions that block.
        var guests = 0
        var isEnded = false
    }
    private let kind: Kind
    private let state = Lock(State())
    let joining = JoinWatch()

    init(_ kind: Kind, _ words: KafkaSettings.Words) throws(BrokerFailure) {
        guard tw_load_librdkafka() else {
            throw BrokerFailure(.refused, "librdkafka.so.1 cannot be loaded; Debian has it in librdkafka1")
        }
        guard let configuration = unsafe rd_kafka_conf_new() else { throw BrokerFailure(.unavailable, "no memory") }
        var text = [CChar](repeating: 0, count: 512)
        for (key, value) in words {
            guard unsafe rd_kafka_conf_set(configuration, key, value, &text, text.count) == RD_KAFKA_CONF_OK else {
                unsafe rd_kafka_conf_destroy(configuration)
                throw BrokerFailure(.refused, "Kafka's settings: \(String(terminated: text))")
            }
        }
        let events = RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_OFFSET_COMMIT
        unsafe rd_kafka_conf_set_events(configuration, events | RD_KAFKA_EVENT_STATS)
        // Its log would go to stderr; what matters comes as errors.
        unsafe rd_kafka_conf_set_log_cb(configuration) { _, _, _, _ in }
        if kind == .consumer { unsafe joining.attach(to: configuration) }
        let type = kind == .producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER
        guard let raw = unsafe rd_kafka_new(type, configuration, &text, text.count) else {
            unsafe rd_kafka_conf_destroy(configuration)
            throw BrokerFailure(.refused, "Kafka's settings: \(String(terminated: text))")
        }
        unsafe (self.raw, self.kind) = (raw, kind)
    }

    // MARK: What went wrong

    /// The first word about something is more than the later "all brokers are down".
    func note(_ trouble: Trouble) {
        state.withLock { if $0.trouble == nil || !trouble.isSilence { $0.trouble = trouble } }
    }

    func isWell() { state.withLock { if $0.trouble != nil { $0.trouble = nil } } }

    /// What to say about an error: when it is only that there was no answer, then why.
    func explain(_ trouble: Trouble) -> BrokerFailure {
        guard trouble.isSilence, let known = state.withLock({ $0.trouble }) else { return trouble.failure }
        return known.failure
    }

    // MARK: Figures

    var statistics: Statistics? { state.withLock { $0.statistics } }

    func told(_ event: Event) {
        guard let told = Statistics(event.statistics) else { return }
        state.withLock { $0.statistics = told }
    }

    // MARK: Topics

    /// A topic as librdkafka knows it, kept until the client ends.
    func topic(_ name: EventName) -> Topic? {
        state.withLock { state in
            if let known = state.topics[name] { return known }
            guard !state.isEnded, let raw = unsafe rd_kafka_topic_new(raw, name.description, nil) else { return nil }
            let new = unsafe Topic(raw)
            state.topics[name] = new
            return new
        }
    }

    // MARK: The end

    /// For what blocks: meanwhile the client does not go, though it may have been told to.
    func whileOpen<Result>(_ body: () throws(BrokerFailure) -> Result) throws(BrokerFailure) -> Result {
        let isOpen = state.withLock { state in
            if !state.isEnded { state.guests += 1 }
            return !state.isEnded
        }
        guard isOpen else { throw BrokerFailure(.unavailable, "the connection to Kafka was closed") }
        defer {
            let isLast = state.withLock { state in
                state.guests -= 1
                return state.isEnded && state.guests == 0
            }
            if isLast { destroy() }
        }
        return try body()
    }

    /// Blocks for some time: librdkafka waits for its threads.
    func end() {
        let isLast = state.withLock { state in
            defer { state.isEnded = true }
            return !state.isEnded && state.guests == 0
        }
        if isLast { destroy() }
    }

    private func destroy() {
        state.withLock { $0.topics = [:] }
        unsafe rd_kafka_destroy_flags(raw, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
        if kind == .consumer { joining.detach() }
    }
}

extension String {
    /// What C has written into a buffer, up to its zero.
    init(terminated text: [CChar]) {
        self = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Safety: `@unchecked Sendable` because topics may be used by any thread; the reference is its own.
@safe final class Topic: @unchecked Sendable {
    let raw: OpaquePointer

    init(_ raw: OpaquePointer) { unsafe self.raw = raw }

    deinit { unsafe rd_kafka_topic_destroy(raw) }
}
