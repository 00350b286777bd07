internal import CLinux

package enum SystemMemory {
    /// Gives back to the system what only starting needed, a third of what a small service holds: freed memory, and
    /// pages of code that are not run again (those that are come back from the kernel's cache).
    package static func releaseStartup() { tw_release_startup_memory() }
}
