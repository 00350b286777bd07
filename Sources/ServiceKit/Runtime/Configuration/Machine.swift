// `environ` is a mutable global of C, hence @preconcurrency; see `environment()` for why reading it is sound.
@unsafe @preconcurrency import Glibc

/// The questions that configuration asks the operating system.
struct Machine {
    enum File { case absent, unreadable, text(String) }

    /// A configuration file larger than this is a mistake.
    private static let mostBytes = 1 << 20

    var cores: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
    var onTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Safety: `environ` is a NULL-terminated array of C strings, and nothing in this process calls setenv or putenv,
    /// so it never changes under the reader. Each string is copied.
    func environment() -> [String: String] {
        var variables: [String: String] = [:]
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let text = unsafe String(cString: entry)
            unsafe next += 1
            guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) else { continue }
            variables[String(text[..<equals])] = String(text[text.utf8.index(after: equals)...])
        }
        return variables
    }

    /// Safety: the buffer outlives each call and its own count is passed with it; a path is a Swift string, which the
    /// bridge terminates.
    func read(_ path: String) -> File {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno == ENOENT ? .absent : .unreadable }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0, bytes.count <= Self.mostBytes else { return .unreadable }
            if count == 0 { return .text(String(decoding: bytes, as: UTF8.self)) }
            bytes += chunk[..<count]
        }
    }

    /// A directory can be opened but not read, so the file is really read, though only one byte of it.
    /// Safety: as in `read`.
    static func canRead(_ path: String) -> Bool {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var byte: UInt8 = 0
        return unsafe Glibc.read(descriptor, &byte, 1) >= 0
    }
}
