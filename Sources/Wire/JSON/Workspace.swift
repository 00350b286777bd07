internal import Glibc
internal import TradewindLocks

/// What a thread keeps from one text for the next: the states behind documents and writers, with their buffers.
///
/// Decoders, encoders and containers point at such a state without counting references, which are atomic and came to a
/// fifth of the time. A type may keep one beyond its time, so states are never deallocated and each such handle knows
/// which use of the state it belongs to; a stale one is refused.
///
/// Safety: only the thread that a workspace is current on touches it. Handles cannot be sent to another thread while
/// they are good, because `Decoder` and `Encoder` are not `Sendable`.
@safe struct Workspace {
    /// The states that are free, linked.
    var documents: UnsafeMutablePointer<Document.State>?
    var writers: UnsafeMutablePointer<Writer.State>?

    /// Buffers beyond this are given back after use, so that one large text does not stay for ever.
    static let largestBuffer = 64 << 10

    /// The workspaces that threads which ended have left. Taken once in the life of a thread.
    private static let parked = Lock<[UInt]>([])

    private static let key: pthread_key_t? = {
        var key = pthread_key_t()
        let result = unsafe pthread_key_create(&key) { workspace in
            Workspace.parked.withLock { $0.append(UInt(bitPattern: workspace)) }
        }
        return result == 0 ? key : nil
    }()

    @inline(__always)
    static var current: UnsafeMutablePointer<Workspace> {
        if let key, let known = unsafe pthread_getspecific(key) {
            return unsafe known.assumingMemoryBound(to: Workspace.self)
        }
        return unsafe adopt()
    }

    @inline(never)
    private static func adopt() -> UnsafeMutablePointer<Workspace> {
        let address = parked.withLock { $0.popLast() }
        let left = unsafe address.flatMap { unsafe UnsafeMutablePointer<Workspace>(bitPattern: $0) }
        let workspace = unsafe left ?? .allocate(capacity: 1)
        if unsafe left == nil { unsafe workspace.initialize(to: Workspace()) }
        if let key { _ = unsafe pthread_setspecific(key, workspace) }
        return unsafe workspace
    }
}
