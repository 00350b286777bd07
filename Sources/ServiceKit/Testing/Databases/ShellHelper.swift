internal import Glibc
internal import TradewindReactor

/// A shell in the background that does what it is told line by line and has its own way to end when its input does. So
/// it also ends, and cleans up, when this process is killed.
package final class ShellHelper: Sendable {
    private let input: CInt
    private let process: pid_t

    package init(_ script: String, _ arguments: [String]) throws {
        // A pair of sockets, because a pipe cannot be made closed to other children from the start.
        var ends: [CInt] = [0, 0]
        guard unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw DidNotHappen("a pair of sockets: errno \(errno)")
        }
        let (ours, theirs) = (ends[0], ends[1])
        defer { close(theirs) }
        input = ours
        do { process = try spawn(["/bin/sh", "-c", script, "helper"] + arguments, input: theirs) } catch {
            close(ours)
            throw error
        }
    }

    func tell(_ line: String) throws {
        let bytes = Array((line + "\n").utf8)
        guard unsafe send(input, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count else {
            throw DidNotHappen("\(line): errno \(errno)")
        }
    }

    /// Closes its input and waits for its end.
    package func end() {
        close(input)
        while waitpid(process, nil, 0) == -1, errno == EINTR {}
    }
}

/// Without the signal mask of this thread, for our loops block what ends a program; and in a session of its own, where
/// what is sent to all of a terminal does not reach it.
private func spawn(_ arguments: [String], input: CInt) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    var actions = unsafe posix_spawn_file_actions_t()
    var none = sigset_t(), all = sigset_t()
    unsafe posix_spawnattr_init(&attributes)
    unsafe posix_spawn_file_actions_init(&actions)
    defer {
        unsafe posix_spawnattr_destroy(&attributes)
        unsafe posix_spawn_file_actions_destroy(&actions)
    }
    unsafe sigemptyset(&none)
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    let newSession = 0x80  // POSIX_SPAWN_SETSID, which glibc shows to GNU sources only
    let flags = Int(POSIX_SPAWN_SETSIGMASK) | Int(POSIX_SPAWN_SETSIGDEF) | newSession
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
    // Else it would hold the pipes of others open, who wait for their end.
    unsafe Descriptor.leaveOut(from: 3, in: &actions)
    let words = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var process = pid_t()
    let failure = unsafe posix_spawn(&process, "/bin/sh", &actions, &attributes, words, environ)
    guard failure == 0 else { throw DidNotHappen("a shell: errno \(failure)") }
    return process
}
