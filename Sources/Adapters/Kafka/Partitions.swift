internal import CRdkafka
internal import TradewindDomain
internal import TradewindMessaging

/// A list of partitions with an offset each, as librdkafka takes and gives it.
///
/// Safety: `@unchecked Sendable` because one owner has it at a time: it is made, handed on and read.
@safe final class Partitions: @unchecked Sendable {
    private let raw: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(_ lanes: some Sequence<(Lane, Int64)>) {
        unsafe raw = rd_kafka_topic_partition_list_new(8)
        for (lane, offset) in lanes {
            let entry = unsafe rd_kafka_topic_partition_list_add(
                raw, lane.topic.description, Int32(clamping: lane.number))
            unsafe entry?.pointee.offset = offset
        }
    }

    init(copying other: UnsafePointer<rd_kafka_topic_partition_list_t>) {
        unsafe raw = rd_kafka_topic_partition_list_copy(other)
    }

    /// All partitions of these topics, for a subscription.
    convenience init(_ topics: [EventName]) { self.init(topics.map { (Lane($0, -1), Self.none) }) }

    deinit { unsafe rd_kafka_topic_partition_list_destroy(raw) }

    static let none = Int64(RD_KAFKA_OFFSET_INVALID)
    static let beginning = Int64(RD_KAFKA_OFFSET_BEGINNING), end = Int64(RD_KAFKA_OFFSET_END)

    /// The list is there for as long as `body` runs.
    func use<Result>(_ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> Result) -> Result {
        withExtendedLifetime(self) { unsafe body(raw) }
    }

    typealias Entry = (lane: Lane, offset: Int64, code: rd_kafka_resp_err_t)

    var entries: [Entry] {
        (0..<Int(unsafe raw.pointee.cnt)).compactMap { index in
            let entry = unsafe raw.pointee.elems[index]
            guard let topic = unsafe entry.topic else { return nil }
            return unsafe (
                Lane(EventName(String(cString: topic)), Int(entry.partition)), entry.offset, entry.err
            )
        }
    }

    var lanes: [Lane] { entries.map(\.lane) }
}
