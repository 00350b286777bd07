internal import CLinux
internal import Glibc

/// Process signals, read from a signalfd on a loop, so that a handler is ordinary code.
package enum Signals {
    package static let terminate = SIGTERM, interrupt = SIGINT, hangUp = SIGHUP

    /// Call first thing in `main`: threads inherit the mask, and a signal that no thread takes waits for the signalfd.
    /// Faults stay deliverable, so that a crash still says where it happened.
    package static func block() {
        var mask = sigset_t()
        unsafe sigfillset(&mask)
        for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGPROF, SIGSYS] {
            unsafe sigdelset(&mask, fault)
        }
        unsafe pthread_sigmask(SIG_BLOCK, &mask, nil)
    }

    /// Calls `handler` on the loop for each of `signals` that arrives, until the returned watch is dropped.
    package static func watch(
        _ signals: [CInt], on loop: EventLoop, _ handler: @escaping (CInt) -> Void
    ) throws(SystemError) -> SignalWatch {
        var mask = sigset_t()
        unsafe sigemptyset(&mask)
        for signal in signals { unsafe sigaddset(&mask, signal) }
        let flags = CInt(SFD_NONBLOCK | SFD_CLOEXEC)
        let descriptor = try syscall("signalfd") { unsafe signalfd(-1, &mask, flags) }
        return try SignalWatch(Descriptor(owning: descriptor), on: loop, handler)
    }
}

/// Safety: `@unchecked Sendable` because it does nothing but live and be dropped; its parts act on the loop.
package final class SignalWatch: @unchecked Sendable {
    private let descriptor: Descriptor
    private let watch: DescriptorWatch

    init(
        _ descriptor: consuming Descriptor, on loop: EventLoop, _ handler: @escaping (CInt) -> Void
    ) throws(SystemError) {
        let raw = descriptor.raw
        self.descriptor = consume descriptor
        watch = try DescriptorWatch(raw, on: loop) { _ in
            var info = signalfd_siginfo()
            while unsafe Glibc.read(raw, &info, MemoryLayout.size(ofValue: info)) > 0 { handler(CInt(info.ssi_signo)) }
        }
        try watch.set(reading: true, writing: false)
    }
}
