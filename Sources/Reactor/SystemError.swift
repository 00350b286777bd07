internal import Glibc

/// A system call that failed: which one, and the errno it left.
package struct SystemError: Error, Hashable, CustomStringConvertible {
    package let operation: StaticString
    package let code: CInt

    package init(_ operation: StaticString, code: CInt) {
        (self.operation, self.code) = (operation, code)
    }

    /// In the system's words.
    package var reason: String { unsafe String(cString: strerror(code)) }
    package var description: String { "\(operation): \(reason)" }

    package static func == (a: Self, b: Self) -> Bool { a.code == b.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(code) }
}

/// Runs a system call again while a signal interrupts it, and turns -1 into its error.
@discardableResult
func syscall<Result: SignedInteger & FixedWidthInteger>(
    _ operation: StaticString, _ call: () -> Result
) throws(SystemError) -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        if errno != EINTR { throw SystemError(operation, code: errno) }
    }
}
