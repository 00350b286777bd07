internal import Glibc

/// The two lines a program can speak on. Whole lines, in one write each, so that those of several threads never mix.
enum Console {
    static func say(_ text: String) { write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO) }
    static func complain(_ line: String) { write(line.hasSuffix("\n") ? line : line + "\n", to: STDERR_FILENO) }

    /// In the place of what the terminal's last line was (ECMA-48: CR, EL).
    static func draw(_ line: String) { write("\r\u{1B}[K" + line, to: STDOUT_FILENO) }

    private static func write(_ text: String, to descriptor: CInt) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
