internal import CRdkafka
internal import Glibc
internal import TradewindMessaging
internal import TradewindReactor

/// A queue of librdkafka that announces through an eventfd, on a loop, that there is something in it. Its owner then
/// takes until it is empty, or asks again of himself: there is one announcement between two looks.
///
/// Safety: `@unchecked Sendable` because librdkafka's queues may be used by any thread, and the rest is touched on the
/// loop only.
@safe final class EventQueue: @unchecked Sendable {
    let raw: OpaquePointer
    private let loop: EventLoop
    private let descriptor: Descriptor
    private var watch: DescriptorWatch?
    private var isClosed = false

    /// Made first, for the system may have none left.
    static func descriptor() throws(BrokerFailure) -> Descriptor {
        let number = eventfd(0, CInt(EFD_NONBLOCK | EFD_CLOEXEC))
        guard number >= 0 else { throw BrokerFailure(.unavailable, "the system gives no more descriptors") }
        return Descriptor(owning: number)
    }

    /// Takes the queue over.
    init(_ raw: OpaquePointer, _ descriptor: consuming Descriptor, on loop: EventLoop) {
        unsafe (self.raw, self.loop) = (raw, loop)
        self.descriptor = descriptor
    }

    /// On the loop. `handler` is called there.
    func announce(to handler: @escaping () -> Void) throws(SystemError) {
        watch = try DescriptorWatch(descriptor.raw, on: loop) { [weak self] _ in
            guard let self else { return }
            var count = eventfd_t()
            unsafe eventfd_read(descriptor.raw, &count)
            handler()
        }
        try watch?.set(reading: true, writing: false)
        var one = UInt64(1)
        // Safety: librdkafka copies the bytes, and the descriptor is open until `close` has told it to forget it.
        unsafe rd_kafka_queue_io_event_enable(raw, descriptor.raw, &one, MemoryLayout<UInt64>.size)
        handler()
    }

    /// Nil when it is empty or closed, which may happen between two events.
    func next() -> Event? { unsafe isClosed ? nil : rd_kafka_queue_poll(raw, 0).map { unsafe Event($0) } }

    /// On the loop, before the client goes.
    func close() {
        if isClosed { return }
        isClosed = true
        watch?.stop()
        watch = nil
        letGo()
    }

    deinit { if !isClosed { letGo() } }

    /// Before the descriptor closes, or librdkafka would write into another one of the same number.
    private func letGo() {
        unsafe rd_kafka_queue_io_event_enable(raw, -1, nil, 0)
        unsafe rd_kafka_queue_destroy(raw)
    }
}

/// Something that librdkafka has to tell.
///
/// Safety: owned, and used where it was taken.
@safe final class Event {
    let raw: OpaquePointer

    init(_ raw: OpaquePointer) { unsafe self.raw = raw }

    deinit { unsafe rd_kafka_event_destroy(raw) }

    var type: CInt { unsafe rd_kafka_event_type(raw) }
    var code: rd_kafka_resp_err_t { unsafe rd_kafka_event_error(raw) }
    var trouble: Trouble {
        unsafe Trouble(code, rd_kafka_event_error_string(raw).map { unsafe String(cString: $0) })
    }
    /// Null when the event has none.
    var partitions: Partitions? {
        unsafe rd_kafka_event_topic_partition_list(raw).map { unsafe Partitions(copying: $0) }
    }
    /// Figures of the client, as JSON.
    var statistics: [UInt8] {
        unsafe rd_kafka_event_stats(raw).map { unsafe Array(UnsafeBufferPointer(start: $0, count: strlen($0))) }?
            .map { UInt8(bitPattern: $0) } ?? []
    }
    /// The number that was given to a commit.
    var number: Int { unsafe Int(bitPattern: rd_kafka_event_opaque(raw)) }
}
