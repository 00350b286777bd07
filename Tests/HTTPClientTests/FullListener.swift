import Glibc
import TradewindReactor

/// A listening socket that accepts nobody and whose queue is full, so that the kernel ignores who comes.
struct FullListener: Sendable {
    let address: SocketAddress
    private let descriptors: [CInt]

    init() {
        let listening = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        var callers: [CInt] = []
        unsafe withUnsafeMutablePointer(to: &name) { name in
            unsafe name.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                _ = unsafe bind(listening, name, length)
                listen(listening, 0)
                _ = unsafe getsockname(listening, name, &length)
                for _ in 0..<4 {
                    let caller = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
                    _ = unsafe connect(caller, name, length)
                    callers.append(caller)
                }
            }
        }
        descriptors = [listening] + callers
        address = SocketAddress.loopback.with(port: UInt16(bigEndian: name.sin_port))
    }

    func end() { for descriptor in descriptors { close(descriptor) } }
}
