internal import CLinux
internal import Glibc

/// A file descriptor with one owner. A double close does not compile.
package struct Descriptor: ~Copyable, Sendable {
    package let raw: CInt

    package init(owning raw: CInt) { self.raw = raw }

    deinit { close(raw) }

    /// Hands the descriptor to C code that will close it itself.
    package consuming func release() -> CInt {
        let raw = raw
        discard self
        return raw
    }
}
