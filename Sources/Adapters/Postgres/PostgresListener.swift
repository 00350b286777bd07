internal import TradewindPersistence
internal import TradewindReactor

extension LoopPool {
    /// On a connection of its own, made anew for as long as the task lives.
    func listen(to channel: Channel, _ onNotice: @escaping @Sendable (Notice) -> Void) async throws(DatabaseError) {
        var backoff = Backoff()
        while true {
            do throws(DatabaseError) {
                let connection = try await connect()
                defer { connection.broke() }
                let exchange = PlainExchange(taking: connection)
                try await exchange.listen(to: channel)
                backoff.succeeded()
                onNotice(.listening)
                try await exchange.hear(channel, onNotice)
            } catch .cancelled {
                throw .cancelled
            } catch {
                let pause = backoff.failed(chance: chance())
                do { try await loop.sleep(for: pause) } catch { throw .cancelled }
            }
        }
    }

    private func connect() async throws(DatabaseError) -> Connection {
        let outcome = await withCheckedContinuation { caller in
            begin(within: settings.connectTimeout) { caller.resume(returning: $0) }
        }
        switch outcome {
        case .open(let link):
            guard let connection = adopt(link) else { throw .unavailable("the connection cannot be set up") }
            connection.role = .foreign
            return connection
        case .refused(let reason): throw .unavailable(reason)
        case .silent: throw .unavailable("the server does not answer")
        }
    }
}

extension PlainExchange {
    fileprivate func listen(to channel: Channel) async throws(DatabaseError) {
        let name = channel.description.split(separator: "\"", omittingEmptySubsequences: false).joined(
            separator: "\"\"")
        guard link.run(script: "LISTEN \"\(name)\"") else { throw .connectionLost }
        try await flushed()
        while true {
            switch try await step() {
            case .failed(let error): throw error.error
            case .end: return
            default: continue
            }
        }
    }

    fileprivate func hear(
        _ channel: Channel, _ onNotice: @escaping @Sendable (Notice) -> Void
    ) async throws(DatabaseError) {
        connection.setReading(true)
        while !connection.isClosed {
            while let notice = link.notification() {
                if notice.channel == channel.description { onNotice(.notified(notice.payload)) }
            }
            await wait()
            if wasCancelled { throw .cancelled }
        }
        throw .connectionLost
    }
}
