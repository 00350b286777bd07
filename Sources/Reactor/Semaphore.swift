internal import CLinux
internal import Glibc

/// Wakes a thread that sleeps.
///
/// Safety: `@unchecked Sendable` because POSIX semaphores are made for several threads; the memory lives as long as the
/// object.
@safe package final class Semaphore: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    package init() { unsafe sem_init(semaphore, 0, 0) }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    package func post() { unsafe sem_post(semaphore) }

    package func wait() { while unsafe sem_wait(semaphore) != 0, errno == EINTR {} }

    /// False when nobody posted in that time.
    @discardableResult
    package func wait(atMost limit: Duration) -> Bool {
        let end = wallClock() + limit.wholeNanoseconds
        var time = timespec()
        (time.tv_sec, time.tv_nsec) = (Int(end / 1_000_000_000), Int(end % 1_000_000_000))
        while true {
            if unsafe sem_timedwait(semaphore, &time) == 0 { return true }
            if errno != EINTR { return false }
        }
    }
}
