internal import Glibc
internal import Synchronization
package import TradewindObservability
internal import TradewindReactor

/// The one thread that writes log lines. It sleeps until there is one, lets more come together for a moment, and writes
/// them at once; when the file takes nothing, it waits and nobody else does.
package final class LogWriter: Sendable {
    /// How long a line may wait for others.
    private static let patience = Duration.milliseconds(20)

    package let queue: LogQueue
    private let descriptor: CInt
    private let bell = Semaphore(), over = Semaphore()
    private let isClosing = Atomic<Bool>(false)
    private let thread = WorkerPool(threads: 1, queueLimit: 1)

    /// `limit` is how many bytes may wait in each of the queue's buffers.
    package init(descriptor: CInt = STDOUT_FILENO, limit: Int = 1 << 20) {
        self.descriptor = descriptor
        queue = LogQueue(limit: limit) { [bell] in bell.post() }
    }

    /// `onLoss` is told, on the thread, how many lines more have found no room.
    package func start(onLoss: @escaping @Sendable (Int) -> Void) {
        _ = thread.submit { [self] in
            write(onLoss)
            over.post()
        }
    }

    private func write(_ onLoss: (Int) -> Void) {
        var spare = LineBuffer()
        var told = 0
        while true {
            let isLast = isClosing.load(ordering: .acquiring)
            queue.drain(into: &spare) { lines in put(lines) }
            let lost = queue.refusedLines
            if lost > told {
                onLoss(lost - told)
                told = lost
                continue
            }
            if isLast { return }
            bell.wait()
            if !isClosing.load(ordering: .acquiring) { bell.wait(atMost: Self.patience) }
        }
    }

    /// What cannot be written because nobody reads any more is gone: there is no other place for it.
    private func put(_ lines: borrowing LineBuffer) {
        unsafe lines.withBytes { bytes in
            var rest = unsafe bytes[...]
            while unsafe !rest.isEmpty {
                let count = unsafe Glibc.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count >= 0 {
                    unsafe rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    unsafe poll(&room, 1, -1)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }

    /// Writes what is there and ends the thread. A file that takes nothing does not keep the process from its end.
    package func close() {
        isClosing.store(true, ordering: .releasing)
        bell.post()
        if over.wait(atMost: .seconds(2)) { thread.shutDown() }
    }
}
