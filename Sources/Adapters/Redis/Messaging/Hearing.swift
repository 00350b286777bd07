internal import TradewindReactor

/// What is said on channels, for all who listen in this process: one connection, made with the first listener, which
/// subscribes again whenever it is made anew.
///
/// Safety: `@unchecked Sendable` because it is confined to its loop.
@safe final class Hearing: @unchecked Sendable {
    private typealias Listener = AsyncStream<[UInt8]>.Continuation
    private let line: Line
    private var listeners: [String: [Int: Listener]] = [:]
    private var nextID = 0
    private var isClosed = false
    private var check: Deadline?

    /// What one who is slow may leave unread. Then the oldest are lost to him.
    private static let most = 1_000
    /// How often a silent connection is asked whether it still lives.
    private static let interval = Duration.seconds(2)

    init(_ client: RedisClient) {
        line = client.separateLine(on: client.group.next())
        line.onOpen = { [weak self] link in self?.opened(link) }
        check = line.loop.deadline { [weak self] in self?.ask() }
    }

    private var loop: EventLoop { line.loop }

    /// Returns when Redis has heard of it.
    func listen(to channel: String) async throws(RedisError) -> AsyncStream<[UInt8]> {
        let (stream, listener) = AsyncStream.makeStream(of: [UInt8].self, bufferingPolicy: .bufferingNewest(Self.most))
        let answer: Ticket.Answer = await withCheckedContinuation { caller in
            loop.execute { [self] in
                guard !isClosed else { return caller.resume(returning: .failure(.unavailable("we have left it"))) }
                add(listener, to: channel)
                line.send(RedisRequest("SUBSCRIBE", channel)) { caller.resume(returning: $0) }
            }
        }
        do throws(RedisError) {
            for value in try answer.get() { _ = try value.checked() }
        } catch {
            listener.finish()
            throw error
        }
        return stream
    }

    private func add(_ listener: Listener, to channel: String) {
        nextID += 1
        let id = nextID
        listeners[channel, default: [:]][id] = listener
        listener.onTermination = { [loop, weak self] _ in
            loop.execute { [weak self] in self?.remove(id, from: channel) }
        }
        if let check { loop.set(check, to: loop.now + Self.interval) }
    }

    private func remove(_ id: Int, from channel: String) {
        listeners[channel]?[id] = nil
        guard listeners[channel]?.isEmpty == true else { return }
        listeners[channel] = nil
        if !isClosed { line.send(RedisRequest("UNSUBSCRIBE", channel)) { _ in } }
    }

    private func opened(_ link: Link) {
        link.onMessage = { [weak self] channel, body in
            for listener in (self?.listeners[channel] ?? [:]).values { listener.yield(body) }
        }
        var request = RedisRequest()
        for channel in listeners.keys { request.add("SUBSCRIBE", channel) }
        guard request.count > 0 else { return }
        link.send(Ticket(request, patience: line.settings.silence, since: loop.now) { _ in })
    }

    private func ask() {
        guard !isClosed, !listeners.isEmpty, let check else { return }
        line.send(RedisRequest("PING")) { _ in }
        loop.set(check, to: loop.now + Self.interval)
    }

    func close() async {
        await withCheckedContinuation { (caller: CheckedContinuation<Void, Never>) in
            loop.execute { [self] in
                isClosed = true
                line.close()
                let all = listeners.values.flatMap(\.values)
                listeners = [:]
                for listener in all { listener.finish() }
                caller.resume()
            }
        }
    }
}
