internal import CRdkafka
internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindReactor

/// Reads topics from their ends, for all of this process who follow them, outside of any group.
///
/// Safety: `@unchecked Sendable` because all of it is touched on the loop only; what comes from elsewhere is executed
/// there.
@safe final class Tail: @unchecked Sendable {
    private struct Listener {
        /// Where each lane ended when it began to listen.
        let from: [Lane: Int64]
        let take: @Sendable (Delivery) -> Void
        let end: @Sendable () -> Void
    }

    let client: Client
    private let loop: EventLoop
    private let workers: WorkerPool
    private let queue: EventQueue
    private var listeners: [Int: Listener] = [:]
    private var last = 0
    private var reading: Set<Lane> = []
    private var isClosed = false

    init(on loop: EventLoop, workers: WorkerPool, _ settings: KafkaSettings) throws(BrokerFailure) {
        (self.loop, self.workers) = (loop, workers)
        let descriptor = try EventQueue.descriptor()
        client = try Client(.consumer, settings.ofReaders)
        queue = unsafe EventQueue(rd_kafka_queue_new(client.raw), descriptor, on: loop)
        loop.execute { [self] in
            do { try queue.announce { [weak self] in self?.drain() } } catch {
                client.note(Trouble(RD_KAFKA_RESP_ERR__FAIL, "\(error)"))
            }
        }
    }

    /// - Parameters:
    ///   - from: the lanes, and where each ends now.
    ///   - begun: called with what ends it.
    func listen(
        _ from: [Lane: Int64], _ take: @escaping @Sendable (Delivery) -> Void, onEnd end: @escaping @Sendable () -> Void
    ) async -> @Sendable () -> Void {
        await loop.run { [self] in
            guard !isClosed else {
                end()
                return {}
            }
            last += 1
            let number = last
            listeners[number] = Listener(from: from, take: take, end: end)
            for (lane, offset) in from where reading.insert(lane).inserted {
                guard let topic = client.topic(lane.topic) else { continue }
                _ = unsafe rd_kafka_consume_start_queue(topic.raw, Int32(clamping: lane.number), offset, queue.raw)
            }
            return { [self] in loop.execute { [self] in forget(number) } }
        }
    }

    private func drain() {
        unsafe withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<rd_kafka_message_t>?.self, capacity: 256) {
            found in
            while true {
                let count = unsafe rd_kafka_consume_batch_queue(queue.raw, 0, found.baseAddress, found.count)
                guard count > 0 else { return }
                for index in 0..<count {
                    guard let message = unsafe found[index] else { continue }
                    if let delivery = unsafe Delivery(message) { hand(delivery) }
                    unsafe rd_kafka_message_destroy(message)
                }
            }
        }
    }

    private func hand(_ delivery: Delivery) {
        for listener in listeners.values {
            guard let from = listener.from[delivery.place.lane], delivery.place.position >= UInt128(clamping: from)
            else {
                continue
            }
            listener.take(delivery)
        }
    }

    /// A lane that nobody listens to any more is read no further. To stop one waits for librdkafka's threads.
    private func forget(_ number: Int) {
        guard !isClosed, let gone = listeners.removeValue(forKey: number) else { return }
        for lane in gone.from.keys where !listeners.values.contains(where: { $0.from[lane] != nil }) {
            let isStopping = workers.submit { [client] in
                try? client.whileOpen {
                    guard let topic = client.topic(lane.topic) else { return }
                    _ = unsafe rd_kafka_consume_stop(topic.raw, Int32(clamping: lane.number))
                }
            }
            guard isStopping else { continue }
            reading.remove(lane)
        }
    }

    func close() {
        loop.execute { [self] in
            if isClosed { return }
            isClosed = true
            for listener in listeners.values { listener.end() }
            listeners = [:]
            queue.close()
            _ = workers.submit { [client] in client.end() }
        }
    }
}
