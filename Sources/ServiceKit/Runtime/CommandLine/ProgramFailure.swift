/// What a process tells its supervisor: the codes of sysexits.h where it has one.
package enum ExitCode: Int32, Sendable {
    case success = 0
    case usage = 64
    case unavailable = 69
    case software = 70
    case configuration = 78
    /// Stopped a second time, so nothing was waited for; what a shell reports for an interrupt.
    case interrupted = 130
}

/// An error that ends a program in a way its user can act upon: one clear line a cause, no stack, no type names.
package protocol ProgramFailure: Error, CustomStringConvertible {
    var lines: [String] { get }
    var exitCode: ExitCode { get }
}

extension ProgramFailure {
    package var description: String { lines.joined(separator: "\n") }
}
