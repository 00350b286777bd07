internal import CRdkafka
internal import TradewindDomain
internal import TradewindMessaging

/// Messages on their way in and out of librdkafka.
enum Message {
    /// Nil when librdkafka has taken it, which copies what it needs.
    ///
    /// - Parameter body: nil for a tombstone: a compacted topic forgets the key.
    static func send(
        key: String, body: [UInt8]?, headers: [String: String], to topic: Topic, by client: Client, opaque: UInt
    ) -> Trouble? {
        var key = key
        return key.withUTF8 { key in
            unsafe withBytes(body) { body in
                var words = unsafe [
                    rd_kafka_vu_t(RD_KAFKA_VTYPE_RKT) { unsafe $0.rkt = topic.raw },
                    rd_kafka_vu_t(RD_KAFKA_VTYPE_MSGFLAGS) { unsafe $0.i = RD_KAFKA_MSG_F_COPY },
                    rd_kafka_vu_t(RD_KAFKA_VTYPE_VALUE) {
                        unsafe $0.mem = .init(
                            ptr: UnsafeMutableRawPointer(mutating: body.baseAddress), size: body.count)
                    },
                    rd_kafka_vu_t(RD_KAFKA_VTYPE_OPAQUE) {
                        unsafe $0.ptr = UnsafeMutableRawPointer(bitPattern: opaque)
                    },
                ]
                // Without a key it may go to any partition.
                if !key.isEmpty {
                    let bytes = unsafe UnsafeMutableRawPointer(mutating: key.baseAddress)
                    unsafe words.append(
                        rd_kafka_vu_t(RD_KAFKA_VTYPE_KEY) { unsafe $0.mem = .init(ptr: bytes, size: key.count) })
                }
                let headers = unsafe made(headers)
                if let headers = unsafe headers {
                    unsafe words.append(rd_kafka_vu_t(RD_KAFKA_VTYPE_HEADERS) { unsafe $0.headers = headers })
                }
                let trouble = unsafe Trouble(rd_kafka_produceva(client.raw, words, words.count))
                if trouble != nil, let headers = unsafe headers { unsafe rd_kafka_headers_destroy(headers) }
                return trouble
            }
        }
    }

    /// The start of no bytes is not null, for null is a tombstone.
    private static func withBytes<Result>(
        _ body: [UInt8]?, _ use: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        guard let body else { return unsafe use(UnsafeRawBufferPointer(start: nil, count: 0)) }
        if body.isEmpty {
            return unsafe withUnsafeBytes(of: UInt8(0)) {
                unsafe use(UnsafeRawBufferPointer(start: $0.baseAddress, count: 0))
            }
        }
        return unsafe body.withUnsafeBytes { unsafe use($0) }
    }

    private static func made(_ headers: [String: String]) -> OpaquePointer? {
        guard !headers.isEmpty, let made = unsafe rd_kafka_headers_new(headers.count) else { return nil }
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            unsafe rd_kafka_header_add(made, name, -1, value, value.utf8.count)
        }
        return unsafe made
    }

    // MARK: What was received

    /// What is not UTF-8 is repaired: keys order messages and headers are read by people, neither may stop one.
    static func text(_ start: UnsafeRawPointer?, _ count: Int) -> String {
        unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count), as: UTF8.self)
    }

    static func bytes(_ message: rd_kafka_message_t) -> [UInt8] {
        guard let start = unsafe message.payload else { return [] }
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: message.len))
    }

    static func headers(_ message: UnsafePointer<rd_kafka_message_t>) -> [String: String] {
        var list: OpaquePointer?
        guard unsafe rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list = unsafe list
        else { return [:] }
        var headers: [String: String] = [:]
        var index = 0
        var name: UnsafePointer<CChar>?, value: UnsafeRawPointer?
        var count = 0
        while unsafe rd_kafka_header_get_all(list, index, &name, &value, &count) == RD_KAFKA_RESP_ERR_NO_ERROR {
            if let name = unsafe name { headers[unsafe String(cString: name)] = unsafe text(value, count) }
            index += 1
        }
        return headers
    }
}

extension Delivery {
    /// Nil when it is no message but an error.
    init?(_ message: UnsafePointer<rd_kafka_message_t>) {
        guard unsafe message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR, let topic = unsafe message.pointee.rkt else {
            return nil
        }
        let lane = unsafe Lane(
            EventName(String(cString: rd_kafka_topic_name(topic))), Int(message.pointee.partition))
        unsafe self.init(
            place: Place(lane, UInt128(clamping: message.pointee.offset)), topic: lane.topic,
            key: Message.text(message.pointee.key, message.pointee.key_len), body: Message.bytes(message.pointee),
            headers: Message.headers(message))
    }
}

extension rd_kafka_vu_t {
    fileprivate init(_ type: rd_kafka_vtype_t, _ set: (inout rd_kafka_vu_s.__Unnamed_union_u) -> Void) {
        unsafe self.init()
        unsafe vtype = type
        unsafe set(&u)
    }
}

extension Event {
    /// Of a delivery report or of fetched messages; they live as long as the event.
    func forEachMessage(_ body: (rd_kafka_message_t) -> Void) {
        unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<rd_kafka_message_t>?.self, capacity: 256) { messages in
            while true {
                let count = unsafe rd_kafka_event_message_array(raw, messages.baseAddress, messages.count)
                for index in 0..<count {
                    if let message = unsafe messages[index] { unsafe body(message.pointee) }
                }
                if count == 0 { return }
            }
        }
    }
}
