internal import CLinux
package import Glibc

extension Descriptor {
    /// The process that `actions` start inherits no descriptor from `first` on.
    package static func leaveOut(
        from first: CInt, in actions: UnsafeMutablePointer<posix_spawn_file_actions_t>
    ) {
        _ = unsafe tw_close_from(actions, first)
    }
}
