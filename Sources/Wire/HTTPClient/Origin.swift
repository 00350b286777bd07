internal import TradewindHTTP
internal import TradewindReactor

/// Where requests go and connections are kept for: scheme, host and port (RFC 9110 §4.3.1).
package struct Origin: Hashable, Sendable, CustomStringConvertible {
    package enum Scheme: String, Sendable { case http, https }

    package let scheme: Scheme
    /// In lower case; an IPv6 address without its brackets.
    package let host: String
    package let port: UInt16
    /// What the Host field says, made once.
    package let authority: String

    /// Nil when `host` is neither a name nor an address.
    package init?(_ scheme: Scheme, host: String, port: UInt16? = nil) {
        let host = host.lowercased()
        let isIPv6 = host.utf8.contains(UInt8(ascii: ":"))
        guard isIPv6 ? SocketAddress(numeric: host, port: 0) != nil : Self.isName(host) else { return nil }
        (self.scheme, self.host) = (scheme, host)
        self.port = port ?? scheme.port
        let name = isIPv6 ? "[\(host)]" : host
        authority = self.port == scheme.port ? name : "\(name):\(self.port)"
    }

    package var description: String { "\(scheme.rawValue)://\(authority)" }

    package static func == (a: Self, b: Self) -> Bool {
        a.port == b.port && a.scheme == b.scheme && a.host == b.host
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(port)
        hasher.combine(host)
    }

    /// Letters, digits, `-`, `.` and `_`: what names in use are made of, and nothing that could end a line or a host.
    private static func isName(_ host: String) -> Bool {
        (1...253).contains(host.utf8.count)
            && host.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                    UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

extension Origin.Scheme {
    var port: UInt16 { self == .http ? 80 : 443 }

    /// `ws` and `wss` name the same transports (RFC 6455 §3).
    init?(name: String) {
        switch name.lowercased() {
        case "http", "ws": self = .http
        case "https", "wss": self = .https
        default: return nil
        }
    }
}
