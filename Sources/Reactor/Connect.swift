internal import CLinux
internal import Glibc

package enum ConnectError: Error {
    case timedOut
    case refused(SystemError)
    case noAddress
}

extension EventLoop {
    /// Connects to the first address that answers (RFC 8305): each attempt has a quarter of a second's lead over the
    /// next, a failed one none. The losers are closed.
    package func connect(to addresses: [SocketAddress], timeout: Duration) async throws -> Socket {
        precondition(isCurrent)
        guard let first = addresses.first else { throw ConnectError.noAddress }
        let deadline = now + timeout
        guard addresses.count > 1 else { return try await connect(to: first, by: deadline) }
        return try await withTaskExecutorPreference(self) {
            try await race(addresses[...], by: deadline)
        }
    }

    private enum Step: Sendable { case connected(Socket), failed(any Error), leadIsOver }

    private func race(_ addresses: ArraySlice<SocketAddress>, by deadline: Instant) async throws -> Socket {
        try await withThrowingTaskGroup(of: Step.self) { group in
            var waiting = addresses, running = 0
            defer { group.cancelAll() }
            func startNext() {
                guard let address = waiting.popFirst() else { return }
                running += 1
                group.addTask {
                    do { return .connected(try await self.connect(to: address, by: deadline)) } catch {
                        return .failed(error)
                    }
                }
                guard !waiting.isEmpty else { return }
                group.addTask {
                    try? await self.sleep(for: .milliseconds(250))
                    return .leadIsOver
                }
            }
            startNext()
            while let step = try await group.next() {
                switch step {
                case .connected(let socket): return socket
                case .leadIsOver: startNext()
                case .failed(let error):
                    running -= 1
                    if running == 0, waiting.isEmpty { throw error }
                    startNext()
                }
            }
            throw ConnectError.noAddress
        }
    }

    private func connect(to address: SocketAddress, by instant: Instant) async throws -> Socket {
        let descriptor = try Descriptor(streamSocketFor: address)
        let raw = descriptor.raw
        try? enable(TCP_NODELAY, CInt(IPPROTO_TCP), on: raw)
        let result = unsafe address.withSockaddr { unsafe Glibc.connect(raw, $0, $1) }
        if result != 0, errno != EINPROGRESS { throw ConnectError.refused(SystemError("connect", code: errno)) }
        let socket = try Socket(descriptor, on: self)
        let timer = deadline { [weak socket] in socket?.interrupt() }
        set(timer, to: instant)
        defer { set(timer, to: .distantFuture) }
        await withTaskCancellationHandler {
            await socket.connected()
        } onCancel: {
            execute { socket.interrupt() }
        }
        do {
            try socket.checkConnected()
            return socket
        } catch {
            let wasInterrupted = socket.isInterrupted
            socket.close()
            try Task.checkCancellation()
            throw wasInterrupted ? .timedOut : ConnectError.refused(error)
        }
    }
}

extension Socket {
    /// A socket that is being connected becomes writable when that is decided. Fresh sockets are assumed writable, so
    /// the first edge is awaited here, whatever was assumed.
    fileprivate func connected() async {
        expectWritableEdge()
        await writable()
    }

    fileprivate func checkConnected() throws(SystemError) {
        if isInterrupted { throw SystemError("connect", code: ECANCELED) }
        var code: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        try syscall("getsockopt") { unsafe getsockopt(raw, SOL_SOCKET, SO_ERROR, &code, &length) }
        if code != 0 { throw SystemError("connect", code: code) }
    }
}
