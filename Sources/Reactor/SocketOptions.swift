internal import CLinux
internal import Glibc

extension Descriptor {
    /// A TCP socket of the address's family that never blocks and is not inherited.
    init(streamSocketFor address: SocketAddress) throws(SystemError) {
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        self.init(owning: try syscall("socket") { socket(address.family, type, 0) })
    }
}

func enable(_ option: CInt, _ level: CInt, on raw: CInt) throws(SystemError) {
    try set(option, level, to: 1, on: raw)
}

func disable(_ option: CInt, _ level: CInt, on raw: CInt) throws(SystemError) {
    try set(option, level, to: 0, on: raw)
}

private func set(_ option: CInt, _ level: CInt, to value: CInt, on raw: CInt) throws(SystemError) {
    var value = value
    try syscall("setsockopt") {
        unsafe setsockopt(raw, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
    }
}

func localAddress(of raw: CInt) throws(SystemError) -> SocketAddress? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    try syscall("getsockname") {
        unsafe withUnsafeMutablePointer(to: &storage) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(raw, $0, &length) }
        }
    }
    return SocketAddress(storage)
}
