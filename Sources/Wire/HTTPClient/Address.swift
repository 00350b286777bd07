/// An absolute address, `scheme://host[:port][/path][?query]`, taken apart. User names and passwords in it are refused:
/// they end up in logs, and a header can carry them.
package struct Address: Equatable, Sendable {
    package let origin: Origin
    /// Path and query, as the request line has them. Never empty, and without a fragment.
    package let target: String

    package init?(_ text: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
            let scheme = Origin.Scheme(name: String(text[..<colon])), text[colon...].utf8.starts(with: "://".utf8)
        else { return nil }
        self.init(scheme, afterSlashes: text[text.utf8.index(colon, offsetBy: 3)...])
    }

    /// What stands behind `scheme://`.
    private init?(_ scheme: Origin.Scheme, afterSlashes text: Substring) {
        let end = text.utf8.firstIndex { "/?#".utf8.contains($0) } ?? text.endIndex
        guard let (host, port) = Self.split(authority: text[..<end]),
            let origin = Origin(scheme, host: host, port: port)
        else { return nil }
        self.init(origin: origin, target: String(text[end...]))
    }

    init(origin: Origin, target: String) {
        let target = target[..<(target.utf8.firstIndex(of: UInt8(ascii: "#")) ?? target.endIndex)]
        self.origin = origin
        self.target = target.utf8.first == UInt8(ascii: "/") ? String(target) : "/" + target
    }

    private static func split(authority: Substring) -> (host: String, port: UInt16?)? {
        // Then a character is a byte, and none hides behind another.
        guard authority.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        var host = authority, port = Substring()
        if host.utf8.first == UInt8(ascii: "[") {
            guard let end = host.utf8.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            port = host[end...].dropFirst()
            host = host[..<end].dropFirst()
            guard port.isEmpty || port.utf8.first == UInt8(ascii: ":"), host.utf8.contains(UInt8(ascii: ":")) else {
                return nil
            }
        } else if let colon = host.utf8.firstIndex(of: UInt8(ascii: ":")) {
            (host, port) = (host[..<colon], host[colon...])
        }
        guard port.count > 1 else { return (String(host), nil) }
        guard port.dropFirst().utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let number = UInt16(port.dropFirst()), number > 0
        else { return nil }
        return (String(host), number)
    }

    // MARK: References

    /// Where a Location field points that was received from here (RFC 3986 §5.2).
    package func resolving(_ reference: String) -> Address? {
        if let absolute = Address(reference) { return absolute }
        if reference.utf8.starts(with: "//".utf8) {
            return Address(
                origin.scheme, afterSlashes: reference[reference.utf8.index(reference.startIndex, offsetBy: 2)...])
        }
        // A colon before any slash is a scheme, and not one of ours.
        if reference.utf8.first(where: { ":/?#".utf8.contains($0) }) == UInt8(ascii: ":") { return nil }
        let path = target.prefix { $0 != "?" }
        switch reference.utf8.first {
        case nil, UInt8(ascii: "#"): return self
        case UInt8(ascii: "/"): return Address(origin: origin, path: reference)
        case UInt8(ascii: "?"): return Address(origin: origin, target: path + reference)
        default:
            let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
            return Address(origin: origin, path: folder + reference)
        }
    }

    /// RFC 3986 §5.2.4: a server need not understand `.` and `..`.
    private init(origin: Origin, path reference: String) {
        let path = reference.prefix { $0 != "?" && $0 != "#" }
        var segments: [Substring] = []
        for segment in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            switch segment {
            case ".": continue
            case "..": _ = segments.popLast()
            default: segments.append(segment)
            }
        }
        if path.hasSuffix("/.") || path.hasSuffix("/..") { segments.append("") }
        self.init(origin: origin, target: "/" + segments.joined(separator: "/") + reference[path.endIndex...])
    }
}
