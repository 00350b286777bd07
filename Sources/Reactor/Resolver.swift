internal import CLinux
internal import Glibc
internal import TradewindLocks

/// A name that could not be turned into an address.
package struct ResolutionError: Error, CustomStringConvertible {
    package let host: String, reason: String
    package var description: String { "cannot resolve \(host): \(reason)" }
}

/// Turns names into addresses on the worker pool, because getaddrinfo blocks.
package struct Resolver: Sendable {
    private let workers: WorkerPool

    package init(workers: WorkerPool) { self.workers = workers }

    /// In the order of RFC 6724 as the system sorts it, address families interleaved as RFC 8305 §4 asks.
    package func addresses(of host: String, port: UInt16) async throws -> [SocketAddress] {
        if let address = SocketAddress(numeric: host, port: port) { return [address] }
        return interleaved(try await workers.run { () throws(ResolutionError) in try lookUp(host, port: port) })
    }

    /// The same for a caller on a loop who waits until `end` at most, and not at all once it is cancelled. getaddrinfo
    /// cannot be stopped and may take half a minute, but it can be left to itself.
    package func addresses(
        of host: String, port: UInt16, on loop: EventLoop, by end: Instant
    ) async throws -> [SocketAddress] {
        if let address = SocketAddress(numeric: host, port: port) { return [address] }
        let answer = Answer()
        let deadline = loop.deadline { answer.settle(.failure(ConnectError.timedOut)) }
        loop.set(deadline, to: end)
        defer { loop.set(deadline, to: .distantFuture) }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { caller in
                answer.await(caller)
                let isQueued = workers.submit {
                    answer.settle(Result { interleaved(try lookUp(host, port: port)) })
                }
                if !isQueued { answer.settle(.failure(WorkerPool.Overloaded())) }
            }
        } onCancel: {
            answer.settle(.failure(CancellationError()))
        }
    }

    /// Settled once, by whoever comes first.
    private final class Answer: Sendable {
        typealias Caller = CheckedContinuation<[SocketAddress], any Error>
        private enum State { case open, awaited(Caller), settled(Result<[SocketAddress], any Error>) }
        private let state = Lock<State>(.open)

        func `await`(_ caller: Caller) {
            let result: Result<[SocketAddress], any Error>? = state.withLock { state in
                if case .settled(let result) = state { return result }
                state = .awaited(caller)
                return nil
            }
            if let result { caller.resume(with: result) }
        }

        func settle(_ result: Result<[SocketAddress], any Error>) {
            let caller: Caller? = state.withLock { state in
                if case .settled = state { return nil }
                defer { state = .settled(result) }
                if case .awaited(let caller) = state { return caller }
                return nil
            }
            caller?.resume(with: result)
        }
    }
}

private func lookUp(_ host: String, port: UInt16) throws(ResolutionError) -> [SocketAddress] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_ADDRCONFIG
    var list: UnsafeMutablePointer<addrinfo>?
    let failure = unsafe getaddrinfo(host, nil, &hints, &list)
    guard failure == 0 else { throw ResolutionError(host: host, reason: unsafe String(cString: gai_strerror(failure))) }
    defer { unsafe freeaddrinfo(list) }
    var found: [SocketAddress] = []
    var entry = unsafe list
    while let current = unsafe entry?.pointee {
        if let raw = unsafe current.ai_addr {
            var storage = sockaddr_storage()
            unsafe withUnsafeMutableBytes(of: &storage) {
                unsafe $0.copyMemory(from: UnsafeRawBufferPointer(start: raw, count: Int(current.ai_addrlen)))
            }
            if let address = SocketAddress(storage)?.with(port: port), !found.contains(address) {
                found.append(address)
            }
        }
        unsafe entry = current.ai_next
    }
    return found
}

func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
    guard let first = addresses.first else { return [] }
    let preferred = addresses.filter { $0.isIPv6 == first.isIPv6 }
    let other = addresses.filter { $0.isIPv6 != first.isIPv6 }
    let pairs = min(preferred.count, other.count)
    var mixed: [SocketAddress] = []
    for index in 0..<pairs { mixed += [preferred[index], other[index]] }
    return mixed + preferred.dropFirst(pairs) + other.dropFirst(pairs)
}
