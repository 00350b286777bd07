internal import CLinux
internal import Glibc

/// A connected stream socket on its loop. Try first, wait only when the kernel says so:
/// a read or write whose bytes are there costs one system call and no suspension.
///
/// Safety: `@unchecked Sendable` because all state is confined to the loop; every entry point checks that it runs
/// there.
@safe package final class Socket: Watcher, @unchecked Sendable {
    package let loop: EventLoop
    @safe @exclusivity(unchecked) private var descriptor: Descriptor?
    @safe @exclusivity(unchecked) private var token: Poller.Token?

    private struct State {
        var mayRead = true, mayWrite = true
        var hasPeerFinished = false, isDead = false, isInterrupted = false
    }
    // Unchecked exclusivity: every access is one load or store within a call on the loop (see HTTPConnection).
    // Properties give it to other modules, where the mark of a field is not seen and each load would be checked.
    @safe @exclusivity(unchecked) private var state = State()
    @safe @exclusivity(unchecked) private var reader: UnsafeContinuation<Void, Never>?
    @safe @exclusivity(unchecked) private var writer: UnsafeContinuation<Void, Never>?

    /// Called when the connection dies while nobody waits on it, to cancel the work done for it.
    @safe @exclusivity(unchecked) package var onDeath: (() -> Void)?
    /// Called after readiness, death or interruption, for protocols that many tasks use and none waits for.
    @safe @exclusivity(unchecked) package var onChange: (() -> Void)?
    /// Called when bytes or their end come while nobody waits for them, for owners of idle connections.
    @safe @exclusivity(unchecked) package var onInput: (() -> Void)?

    package init(_ descriptor: consuming Descriptor, on loop: EventLoop) throws(SystemError) {
        self.loop = loop
        let raw = descriptor.raw
        self.descriptor = consume descriptor
        // Registered once for both directions; edges cost nothing while nobody waits.
        let interests = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        token = try loop.add(raw, for: interests, self)
    }

    package var isClosed: Bool { token == nil }
    /// False once a read came back short: the kernel tells when there is more.
    package var mayRead: Bool { state.mayRead }
    package var mayWrite: Bool { state.mayWrite }
    /// The peer sent its last byte, or closed altogether: only a write can tell which.
    package var hasPeerFinished: Bool { state.hasPeerFinished }
    /// The peer reset the connection or both directions are closed: nobody will read what we write.
    package var isDead: Bool { state.isDead }
    package var isInterrupted: Bool { state.isInterrupted }
    var raw: CInt { descriptor?.raw ?? -1 }
    /// For a library that does its own reads and writes on the descriptor, and tells what it met with `expect…Edge`.
    package var rawDescriptor: CInt { raw }

    // MARK: Reading

    package enum ReadResult: Equatable { case bytes(Int), wouldBlock, end }

    /// Reads what the kernel holds, up to the buffer's free room (at least `minimum`).
    package func tryRead(into buffer: inout ByteBuffer, atLeast minimum: Int = 1024) throws(SystemError) -> ReadResult {
        precondition(loop.isCurrent)
        try checkOpen("recv")
        guard mayRead else { return .wouldBlock }
        var room = 0
        do {
            let count = try unsafe buffer.fill(atLeast: minimum) { (free) throws(SystemError) in
                room = free.count
                return try syscall("recv") { unsafe recv(raw, free.baseAddress, free.count, 0) }
            }
            // A short read drained the socket; what comes later is a new edge. The end of the stream may hide behind
            // it.
            if count < room { state.mayRead = hasPeerFinished }
            return count == 0 ? .end : .bytes(count)
        } catch  where error.code == EAGAIN {
            state.mayRead = false
            return .wouldBlock
        }
    }

    /// Returns when a read may succeed, fail or meet the end; at once when that is known already.
    package func readable() async {
        precondition(loop.isCurrent)
        guard !mayRead, !isClosed, !isInterrupted else { return }
        unsafe precondition(reader == nil, "two readers on one socket")
        unsafe await withUnsafeContinuation { unsafe reader = $0 }
    }

    package func read(into buffer: inout ByteBuffer, atLeast minimum: Int = 1024) async throws(SystemError) -> Int {
        while true {
            switch try tryRead(into: &buffer, atLeast: minimum) {
            case .bytes(let count): return count
            case .end: return 0
            case .wouldBlock: await readable()
            }
        }
    }

    // MARK: Writing

    /// How many bytes the kernel took; 0 when it has no room.
    package func tryWrite(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
        precondition(loop.isCurrent)
        try checkOpen("send")
        guard mayWrite else { return 0 }
        do {
            let count = try syscall("send") { unsafe send(raw, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL)) }
            if count < bytes.count { state.mayWrite = false }
            return count
        } catch {
            return try noRoom(error)
        }
    }

    /// Both parts in one system call, so that a head and its body leave in one segment without being copied together.
    package func tryWrite(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) throws(SystemError) -> Int
    {
        precondition(loop.isCurrent)
        try checkOpen("writev")
        guard mayWrite else { return 0 }
        do {
            let count = try syscall("writev") {
                var parts = (unsafe iovec(first), unsafe iovec(second))
                return unsafe withUnsafeBytes(of: &parts) {
                    unsafe writev(raw, $0.bindMemory(to: iovec.self).baseAddress, 2)
                }
            }
            if count < first.count + second.count { state.mayWrite = false }
            return count
        } catch {
            return try noRoom(error)
        }
    }

    package func tryWrite(_ bytes: Span<UInt8>) throws(SystemError) -> Int {
        try unsafe bytes.withUnsafeBytes { (bytes) throws(SystemError) in try unsafe tryWrite(bytes) }
    }

    /// The kernel took nothing: for want of room, or because nobody will ever read it. The latter is known here before
    /// the loop hears of it, so a writer that looks at `isDead` before it waits does not try in vain.
    private func noRoom(_ error: SystemError) throws(SystemError) -> Int {
        guard error.code == EAGAIN else {
            state.isDead = true
            throw error
        }
        state.mayWrite = false
        return 0
    }

    package func writable() async {
        precondition(loop.isCurrent)
        guard !mayWrite, !isClosed, !isInterrupted else { return }
        unsafe precondition(writer == nil, "two writers on one socket")
        unsafe await withUnsafeContinuation { unsafe writer = $0 }
    }

    package func expectReadableEdge() { state.mayRead = false }
    package func expectWritableEdge() { state.mayWrite = false }

    // MARK: Ending

    /// Sends the end of our stream; the peer's bytes can still be read.
    package func finishWriting() {
        guard !isClosed else { return }
        shutdown(raw, CInt(SHUT_WR))
    }

    /// Ends the reader's wait though nothing came, so that it can look at why it waits.
    package func wakeReader() {
        precondition(loop.isCurrent)
        resumeReader()
    }

    /// The same for the writer.
    package func wakeWriter() {
        precondition(loop.isCurrent)
        resumeWriter()
    }

    /// Every wait ends and every later read or write fails with ECANCELED. For deadlines and cancelled callers.
    package func interrupt() {
        precondition(loop.isCurrent)
        state.isInterrupted = true
        resumeAll()
        onChange?()
    }

    /// Closes without waiting for anything: the peer is told that the connection is broken.
    package func reset() {
        guard !isClosed else { return }
        var linger = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(raw, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        close()
    }

    package func close() {
        precondition(loop.isCurrent)
        guard let token else { return }
        loop.remove(raw, token)
        self.token = nil
        descriptor = nil
        (onDeath, onChange, onInput) = (nil, nil, nil)
        resumeAll()
    }

    deinit {
        // Dropped without `close`, perhaps on another thread. Closing the descriptor ends the kernel's part of the
        // registration; the loop's part is the loop's to free.
        guard let token else { return }
        loop.execute { [loop] in loop.forget(token) }
    }

    private func checkOpen(_ operation: StaticString) throws(SystemError) {
        if isInterrupted { throw SystemError(operation, code: ECANCELED) }
        if isClosed { throw SystemError(operation, code: EBADF) }
    }

    private func resumeAll() {
        resumeReader()
        resumeWriter()
    }

    private func resumeReader() {
        let waiting = reader
        reader = nil
        unsafe waiting?.resume()
    }

    private func resumeWriter() {
        let waiting = writer
        writer = nil
        unsafe waiting?.resume()
    }

    // MARK: From the loop

    func ready(_ readiness: Readiness) {
        if readiness.contains(.peerFinished) { state.hasPeerFinished = true }
        let died = !readiness.isDisjoint(with: .dead)
        if died { state.isDead = true }
        if died || !readiness.isDisjoint(with: [.readable, .peerFinished]) {
            state.mayRead = true
            if unsafe reader == nil { onInput?() }
            resumeReader()
        }
        if died || readiness.contains(.writable) {
            state.mayWrite = true
            resumeWriter()
        }
        if died { onDeath?() }
        onChange?()
    }
}

extension iovec {
    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        unsafe self.init(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
    }
}
