internal import CLinux
internal import Glibc

/// Where a socket is or goes: an IPv4 or IPv6 address and a port.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// In network order: 4 or 16 bytes.
    package let bytes: [UInt8]
    package let port: UInt16
    /// The interface of a link-local IPv6 address.
    let scope: UInt32

    var isIPv6: Bool { bytes.count == 16 }
    var family: CInt { isIPv6 ? AF_INET6 : AF_INET }

    /// This machine, and for a listener a port of the kernel's choice.
    package static let loopback = SocketAddress(bytes: [127, 0, 0, 1], port: 0, scope: 0)

    /// Nil unless `text` is a numeric address.
    package init?(numeric text: String, port: UInt16) {
        var address = in_addr(), address6 = in6_addr()
        if unsafe inet_pton(AF_INET, text, &address) == 1 {
            bytes = unsafe withUnsafeBytes(of: &address) { unsafe Array($0) }
        } else if unsafe inet_pton(AF_INET6, text, &address6) == 1 {
            bytes = unsafe withUnsafeBytes(of: &address6) { unsafe Array($0) }
        } else {
            return nil
        }
        (self.port, scope) = (port, 0)
    }

    init?(_ storage: sockaddr_storage) {
        var storage = storage
        switch CInt(storage.ss_family) {
        case AF_INET:
            let address = unsafe withUnsafeBytes(of: &storage) { unsafe $0.load(as: sockaddr_in.self) }
            bytes = unsafe withUnsafeBytes(of: address.sin_addr) { unsafe Array($0) }
            (port, scope) = (UInt16(bigEndian: address.sin_port), 0)
        case AF_INET6:
            let address = unsafe withUnsafeBytes(of: &storage) { unsafe $0.load(as: sockaddr_in6.self) }
            bytes = unsafe withUnsafeBytes(of: address.sin6_addr) { unsafe Array($0) }
            (port, scope) = (UInt16(bigEndian: address.sin6_port), address.sin6_scope_id)
        default: return nil
        }
    }

    package func with(port: UInt16) -> SocketAddress { SocketAddress(bytes: bytes, port: port, scope: scope) }

    private init(bytes: [UInt8], port: UInt16, scope: UInt32) {
        (self.bytes, self.port, self.scope) = (bytes, port, scope)
    }

    /// The form that C wants, for the duration of `body`.
    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        let length = unsafe withUnsafeMutableBytes(of: &storage) { raw in
            if isIPv6 {
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                address.sin6_port = port.bigEndian
                address.sin6_scope_id = scope
                unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { unsafe $0.copyBytes(from: bytes) }
                unsafe raw.storeBytes(of: address, as: sockaddr_in6.self)
                return MemoryLayout<sockaddr_in6>.size
            }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &address.sin_addr) { unsafe $0.copyBytes(from: bytes) }
            unsafe raw.storeBytes(of: address, as: sockaddr_in.self)
            return MemoryLayout<sockaddr_in>.size
        }
        return unsafe withUnsafePointer(to: &storage) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, socklen_t(length)) }
        }
    }

    /// The numeric address without the port.
    package var host: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        return unsafe bytes.withUnsafeBytes { raw in
            guard let name = unsafe inet_ntop(family, raw.baseAddress, &text, socklen_t(text.count)) else { return "" }
            return unsafe String(cString: name)
        }
    }

    package var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
