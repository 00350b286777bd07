internal import CLinux
internal import Glibc

/// What the kernel reported for a registration. Edge-triggered: each fact is told once.
struct Readiness: OptionSet {
    let rawValue: UInt32
    static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The peer sent its last byte; it may still read.
    static let peerFinished = Readiness(rawValue: EPOLLRDHUP.rawValue)
    /// The connection is gone in both directions.
    static let dead = Readiness(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)
}

/// Who is told about a descriptor's readiness. Called on the loop's thread only.
protocol Watcher: AnyObject {
    func ready(_ readiness: Readiness)
}

/// The table behind one epoll descriptor. A token carries the slot and the slot's generation, so that an event which
/// the kernel queued before a descriptor was closed never reaches the next owner of the same number.
@safe struct Poller: ~Copyable {
    private struct Slot {
        var watcher: (any Watcher)?
        var generation: UInt32 = 0
    }

    struct Token: Equatable {
        let slot: UInt32, generation: UInt32
    }

    private let epoll: Descriptor
    private var slots: [Slot] = []
    private var free: [UInt32] = []
    // Safety: allocated once for the poller's life, touched by the loop's thread only.
    private let events: UnsafeMutableBufferPointer<epoll_event>

    init() throws(SystemError) {
        epoll = Descriptor(owning: try syscall("epoll_create1") { epoll_create1(CInt(EPOLL_CLOEXEC)) })
        unsafe events = .allocate(capacity: 256)
    }

    deinit { unsafe events.deallocate() }

    var registrations: Int { slots.count - free.count }

    mutating func add(
        _ descriptor: CInt, for interests: UInt32, _ watcher: any Watcher
    ) throws(SystemError) -> Token {
        let slot = free.popLast() ?? UInt32(slots.count)
        if slot == slots.count { slots.append(Slot()) }
        slots[Int(slot)].watcher = watcher
        let token = Token(slot: slot, generation: slots[Int(slot)].generation)
        do {
            try control(EPOLL_CTL_ADD, descriptor, interests, token)
        } catch {
            release(token)
            throw error
        }
        return token
    }

    mutating func change(_ descriptor: CInt, to interests: UInt32, _ token: Token) throws(SystemError) {
        try control(EPOLL_CTL_MOD, descriptor, interests, token)
    }

    mutating func remove(_ descriptor: CInt, _ token: Token) {
        guard slots[Int(token.slot)].generation == token.generation else { return }
        try? control(EPOLL_CTL_DEL, descriptor, 0, token)
        release(token)
    }

    mutating func forget(_ token: Token) {
        if slots[Int(token.slot)].generation == token.generation { release(token) }
    }

    private mutating func release(_ token: Token) {
        slots[Int(token.slot)].watcher = nil
        slots[Int(token.slot)].generation &+= 1
        free.append(token.slot)
    }

    private func control(
        _ operation: CInt, _ descriptor: CInt, _ interests: UInt32, _ token: Token
    ) throws(SystemError) {
        var event = unsafe epoll_event()
        unsafe event.events = interests
        unsafe event.data.u64 = UInt64(token.generation) << 32 | UInt64(token.slot)
        try syscall("epoll_ctl") { unsafe epoll_ctl(epoll.raw, operation, descriptor, &event) }
    }

    /// Waits for at most `milliseconds` (-1: until something happens) and returns how many events there are to
    /// `deliver`.
    func wait(milliseconds: CInt) -> Int {
        let count = unsafe epoll_wait(epoll.raw, events.baseAddress, CInt(events.count), milliseconds)
        return max(0, Int(count))  // The only error that can happen here is EINTR: a turn without events.
    }

    /// The watcher of the event at `index` and what it is to be told; nothing if it went away in this very turn.
    func event(at index: Int) -> (watcher: any Watcher, readiness: Readiness)? {
        let event = unsafe events[index]
        let data = unsafe event.data.u64
        let slot = Int(UInt32(truncatingIfNeeded: data)), generation = UInt32(data >> 32)
        guard slots[slot].generation == generation, let watcher = slots[slot].watcher else { return nil }
        return unsafe (watcher, Readiness(rawValue: event.events))
    }
}
