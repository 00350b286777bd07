package import TradewindDomain
internal import TradewindLocks

/// What `body` says within the limit; nil when it takes longer. Then it is cancelled and left to itself, since what
/// hangs in somebody else's code need not heed that.
package func within<Result: Sendable>(
    _ limit: Duration, _ clockwork: Clockwork, _ body: @escaping @Sendable () async -> Result
) async -> Result? {
    let (done, result) = (Latch(), Box<Result>())
    let work = Task {
        let value = await body()
        result.value.withLock { $0 = value }
        done.open()
    }
    let timer = Task {
        try? await clockwork.sleep(limit)
        done.open()
    }
    await done.wait()
    timer.cancel()
    let value = result.value.withLock { $0 }
    if value == nil { work.cancel() }
    return value
}

private final class Box<Value: Sendable>: Sendable {
    let value = Lock<Value?>(nil)
}
