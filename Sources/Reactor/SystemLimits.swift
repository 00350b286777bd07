internal import Glibc

package enum SystemLimits {
    /// Lets the process have as many descriptors as its owner allows. What a shell grants at first, often 1,024, is
    /// meant for programs that use `select`, which we do not.
    package static func raiseDescriptors() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
