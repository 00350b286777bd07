internal import TradewindReactor

/// Makes a connection: names are looked up by a worker, the rest goes on the loop as the socket allows.
///
/// Safety: `@unchecked Sendable` because it is confined to its loop; the worker only carries it.
@safe final class Opening: @unchecked Sendable {
    enum Outcome {
        case open(Link)
        /// The server said no, or nobody listens.
        case refused(String)
        case silent
    }

    private let loop: EventLoop
    private var link: Link?
    private var watch: DescriptorWatch?
    private var deadline: Deadline?
    private var then: ((Outcome) -> Void)?

    init(
        _ words: [(key: String, value: String)], on loop: EventLoop, _ workers: WorkerPool, within limit: Duration,
        then: @escaping (Outcome) -> Void
    ) {
        (self.loop, self.then) = (loop, then)
        let deadline = loop.deadline { [weak self] in self?.finish(.silent) }
        self.deadline = deadline
        loop.set(deadline, to: loop.now + limit)
        let isQueued = workers.submit { [self] in
            let link = Link(words)
            loop.execute { self.begin(link) }
        }
        if !isQueued { loop.execute { self.finish(.refused("too much other work is waiting")) } }
    }

    private func begin(_ link: Link?) {
        guard then != nil else { return }
        guard let link, !link.isBroken else { return finish(.refused(link?.message ?? "libpq.so.5 cannot be loaded")) }
        self.link = link
        // A connection that was just begun is first to become writable (libpq, "Database Connection Control").
        wait(reading: false, writing: true)
    }

    private func advance() {
        // libpq may go on with another socket of the same number, so nothing is kept across a step.
        watch?.stop()
        watch = nil
        guard let link, then != nil else { return }
        switch link.poll() {
        case .reading: wait(reading: true, writing: false)
        case .writing: wait(reading: false, writing: true)
        case .open: finish(link.becomeNonBlocking() ? .open(link) : .refused(link.message))
        case .failed: finish(.refused(link.message))
        }
    }

    private func wait(reading: Bool, writing: Bool) {
        guard let link else { return }
        do {
            watch = try DescriptorWatch(link.socket, on: loop) { [weak self] _ in self?.advance() }
            try watch?.set(reading: reading, writing: writing)
        } catch {
            finish(.refused(error.description))
        }
    }

    func abandon() { finish(.silent) }

    private func finish(_ outcome: Outcome) {
        guard let then else { return }
        self.then = nil
        watch?.stop()
        watch = nil
        if let deadline { loop.set(deadline, to: .distantFuture) }
        deadline = nil
        link = nil
        then(outcome)
    }
}
