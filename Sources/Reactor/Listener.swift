internal import CLinux
internal import Glibc
internal import TradewindLocks

/// A listening socket on one loop. With `SO_REUSEPORT` each loop has its own on the same port, and the kernel deals the
/// connections out, so that none changes threads after it is accepted.
package final class Listener: Watcher {
    package let address: SocketAddress
    private let loop: EventLoop
    private var descriptor: Descriptor?
    private var token: Poller.Token?
    /// A spare descriptor: given up for a moment when the process has no other left, to take a caller and say no.
    private var reserve: Descriptor?
    private var pause: Deadline?
    private let refusal: [UInt8]
    private let accepted: (consuming Descriptor, SocketAddress?) -> Void

    /// `refusal` is what a caller reads whom we cannot serve for want of descriptors.
    package init(
        _ address: SocketAddress, on loop: EventLoop, backlog: CInt = 4096, refusal: [UInt8],
        accepted: @escaping (consuming Descriptor, SocketAddress?) -> Void
    ) throws(SystemError) {
        let descriptor = try Descriptor(streamSocketFor: address)
        let raw = descriptor.raw
        try enable(SO_REUSEADDR, SOL_SOCKET, on: raw)
        try enable(SO_REUSEPORT, SOL_SOCKET, on: raw)
        try enable(TCP_NODELAY, CInt(IPPROTO_TCP), on: raw)  // Accepted sockets inherit it.
        if address.isIPv6 { try disable(IPV6_V6ONLY, CInt(IPPROTO_IPV6), on: raw) }
        try syscall("bind") { unsafe address.withSockaddr { unsafe bind(raw, $0, $1) } }
        try syscall("listen") { listen(raw, backlog) }
        self.address = try localAddress(of: raw) ?? address
        (self.loop, self.refusal, self.accepted) = (loop, refusal, accepted)
        reserve = openReserve()
        self.descriptor = consume descriptor
        token = try loop.add(raw, for: EPOLLIN.rawValue, self)
        pause = loop.deadline { [unowned self] in lookAgain() }
    }

    /// Throws when the port is taken. Listeners share theirs, so they would not notice another program that shares too;
    /// a socket that does not share is refused.
    package static func checkFree(_ address: SocketAddress) throws(SystemError) {
        let descriptor = try Descriptor(streamSocketFor: address)
        try enable(SO_REUSEADDR, SOL_SOCKET, on: descriptor.raw)
        try syscall("bind") { unsafe address.withSockaddr { unsafe bind(descriptor.raw, $0, $1) } }
        try syscall("listen") { Glibc.listen(descriptor.raw, 1) }
    }

    package func close() {
        guard let token, let raw = descriptor?.raw else { return }
        if let pause { loop.set(pause, to: .distantFuture) }
        loop.remove(raw, token)
        self.token = nil
        descriptor = nil
    }

    deinit { close() }

    /// Level-triggered: what one turn leaves in the backlog is announced again in the next.
    func ready(_ readiness: Readiness) {
        for _ in 0..<64 {
            guard let listening = descriptor?.raw else { return }
            var storage = sockaddr_storage()
            do {
                let raw = try accept(from: listening, &storage)
                accepted(Descriptor(owning: raw), SocketAddress(storage))
            } catch  where error.code == EMFILE || error.code == ENFILE {
                guard refuseOne(from: listening) else { return rest() }
            } catch  where error.code == ECONNABORTED {
                continue
            } catch {
                // EAGAIN: the backlog is empty. Anything else is this caller's trouble and shows again if it lasts.
                return
            }
        }
    }

    /// Held while a descriptor is taken, so that no loop serves a caller with what another has given up to refuse one.
    private static let taking = Lock<Void>(())

    private func accept(from listening: CInt, _ storage: inout sockaddr_storage) throws(SystemError) -> CInt {
        try Self.taking.withLock { _ throws(SystemError) in
            try syscall("accept4") { unsafe tw_accept(listening, &storage) }
        }
    }

    /// No descriptor is left. Left alone the backlog would keep the loop spinning, so one caller is taken with the
    /// reserve, told no, and let go. False when there is no reserve, because somebody was quicker to take it back.
    private func refuseOne(from listening: CInt) -> Bool {
        Self.taking.withLock { _ in
            reserve = nil
            var storage = sockaddr_storage()
            let raw = unsafe tw_accept(listening, &storage)
            if raw >= 0 { Self.refuse(Descriptor(owning: raw), with: refusal) }
            reserve = openReserve()
            return raw >= 0
        }
    }

    /// Looks again in a while: by then a descriptor may be free. Until then the loop hears nothing of the backlog.
    private func rest() {
        guard let token, let pause, let raw = descriptor?.raw else { return }
        try? loop.change(raw, to: 0, token)
        loop.set(pause, to: loop.now + .milliseconds(20))
    }

    private func lookAgain() {
        guard let token, let raw = descriptor?.raw else { return }
        if reserve == nil { reserve = openReserve() }
        try? loop.change(raw, to: EPOLLIN.rawValue, token)
    }

    /// Says no, as well as that can be done without waiting, and closes.
    package static func refuse(_ caller: consuming Descriptor, with answer: [UInt8]) {
        _ = unsafe answer.withUnsafeBytes { unsafe send(caller.raw, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
        shutdown(caller.raw, CInt(SHUT_WR))
        // A request that is already here must be read, or closing would reset the connection and take the answer along.
        var scrap = InlineArray<2048, UInt8>(repeating: 0)
        var span = scrap.mutableSpan
        unsafe span.withUnsafeMutableBytes { _ = unsafe recv(caller.raw, $0.baseAddress, $0.count, CInt(MSG_DONTWAIT)) }
    }
}

private func openReserve() -> Descriptor? {
    let raw = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
    return raw >= 0 ? Descriptor(owning: raw) : nil
}
