internal import CSQLite
internal import Glibc
internal import TradewindReactor

/// Looks while a statement runs whether it still may. `sqlite3_interrupt` would hit whatever the connection does when
/// it arrives; this asks the one call that is being served.
///
/// Safety: `@unchecked Sendable` because only the thread that uses the connection touches it, and SQLite calls back on
/// that thread.
final class Watch: @unchecked Sendable {
    var call: Call?
    var deadline = Instant.distantFuture
    /// Called some twenty times a second while a statement runs.
    var onProgress: () -> Void = {}
    private let busyTimeout: Duration
    private var busyDeadline = Instant.distantFuture
    private var nextProgress = Instant(nanoseconds: 0)

    init(busyTimeout: Duration) { self.busyTimeout = busyTimeout }

    /// A statement looks after this many steps of SQLite's machine: some ten microseconds.
    static let steps: CInt = 1_000

    fileprivate func mustStop() -> Bool {
        if call?.isCancelled == true { return true }
        let now = Instant.now()
        if now >= nextProgress {
            nextProgress = now + .milliseconds(50)
            onProgress()
        }
        return now >= deadline
    }

    /// Another process holds the file.
    fileprivate func waits(forThe time: CInt) -> Bool {
        if time == 0 { busyDeadline = min(Instant.now() + busyTimeout, deadline) }
        if mustStop() || Instant.now() >= busyDeadline { return false }
        usleep(time < 5 ? 500 : 5_000)
        return true
    }

    /// Safety: the connection keeps the watch as long as SQLite may call it.
    func attach(to database: OpaquePointer) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe sqlite3_progress_handler(
            database, Self.steps,
            { context in
                guard let context = unsafe context else { return 0 }
                return unsafe Unmanaged<Watch>.fromOpaque(context).takeUnretainedValue().mustStop() ? 1 : 0
            }, context)
        unsafe sqlite3_busy_handler(
            database,
            { context, time in
                guard let context = unsafe context else { return 0 }
                return unsafe Unmanaged<Watch>.fromOpaque(context).takeUnretainedValue().waits(forThe: time) ? 1 : 0
            }, context)
    }
}
