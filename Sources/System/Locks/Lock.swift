internal import Synchronization

/// State that several threads change, one at a time: the `Mutex` of the standard library, made visible to the thread
/// sanitizer. A contended `Mutex` is taken inside the library, which is not instrumented, so the sanitizer would report
/// every hand-over; it does see the order that `handOver` gives. On x86 that costs two plain moves.
package struct Lock<State: ~Copyable>: ~Copyable, Sendable {
    private let mutex: Mutex<State>
    private let handOver = Atomic<Bool>(false)

    package init(_ state: consuming sending State) { mutex = Mutex(state) }

    package borrowing func withLock<Result: ~Copyable, Failure>(
        _ body: (inout sending State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try mutex.withLock { (state) throws(Failure) -> sending Result in
            _ = handOver.load(ordering: .acquiring)
            defer { handOver.store(true, ordering: .releasing) }
            return try body(&state)
        }
    }
}
