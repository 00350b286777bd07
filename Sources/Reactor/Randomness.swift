internal import CLinux
internal import Glibc

/// Bits nobody can guess, from the kernel.
package func fillWithRandomness(_ words: inout MutableSpan<UInt64>) {
    unsafe words.withUnsafeMutableBytes { bytes in
        var filled = 0
        while filled < bytes.count {
            // Fails only where the kernel is older than 3.17 or the memory is not ours.
            let count = unsafe getrandom(bytes.baseAddress?.advanced(by: filled), bytes.count - filled, 0)
            precondition(count > 0 || errno == EINTR, "the kernel gives no random bytes: errno \(errno)")
            filled += max(0, count)
        }
    }
}
