/// Where a database is: `postgres://…`, `sqlite:PATH`, `memory:`. One text can name the databases of several services
/// (docs/decisions/0042): `{service}` stands for the name of each, and a server without a database has one of that
/// name.
package struct DatabaseURL: Hashable, Sendable {
    package enum Place: Hashable, Sendable {
        case postgres
        case sqlite(path: String)
        case memory
    }

    package let place: Place
    package let text: String

    package static let memory = DatabaseURL(place: .memory, text: "memory:")

    private init(place: Place, text: String) { (self.place, self.text) = (place, text) }

    package init?(_ text: String) {
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else { return nil }
        if text == "memory:" {
            place = .memory
        } else if text.hasPrefix("sqlite:"), text.utf8.count > "sqlite:".utf8.count {
            place = .sqlite(path: String(text.dropFirst("sqlite:".count)))
        } else if Self.schemes.contains(where: text.hasPrefix), !text.contains(" ") {
            place = .postgres
        } else {
            return nil
        }
        self.text = text
    }

    private static let schemes = ["postgres://", "postgresql://"]
    private static let pattern = "{service}"

    /// A server, of which each part may be anything: what means something in a URL is escaped.
    package init(
        postgres host: String, port: UInt16, user: String?, password: String?, database: String?
    ) {
        var login = user.map(Self.escaped) ?? ""
        if let password { login += ":" + Self.escaped(password) }
        // The braces of the pattern are to stay.
        let name = (database ?? "").split(separator: Self.pattern, omittingEmptySubsequences: false)
            .map { Self.escaped(String($0)) }.joined(separator: Self.pattern)
        // An address of IPv6 stands in brackets, which tell its colons from the port's.
        let place = host.contains(":") ? "[\(host)]" : Self.escaped(host)
        let text = "postgres://" + (login.isEmpty ? "" : login + "@") + "\(place):\(port)/\(name)"
        self.init(place: .postgres, text: text)
    }

    /// The one of a service.
    package func of(_ service: String) -> DatabaseURL {
        let named = text.split(separator: Self.pattern, omittingEmptySubsequences: false).joined(separator: service)
        guard case .postgres = place else { return DatabaseURL(named) ?? self }
        let path = Self.path(of: named)
        guard named[path].isEmpty || named[path] == "/" else { return DatabaseURL(named) ?? self }
        return DatabaseURL(named[..<path.lowerBound] + "/" + service + named[path.upperBound...]) ?? self
    }

    /// With a parameter of libpq's, unless the text has a word on it.
    package func adding(_ parameter: String, _ value: String) -> DatabaseURL {
        guard case .postgres = place, !text.contains("?\(parameter)="), !text.contains("&\(parameter)=") else {
            return self
        }
        let mark = text.contains("?") ? "&" : "?"
        return DatabaseURL("\(text)\(mark)\(parameter)=\(Self.escaped(value))") ?? self
    }

    /// From the slash behind user, hosts and ports up to the parameters.
    private static func path(of text: String) -> Range<String.Index> {
        let end = text.firstIndex(of: "?") ?? text.endIndex
        let authority = text.firstRange(of: "://")?.upperBound ?? text.startIndex
        // What stands before an @ may be anything: passwords are not always escaped.
        let host = text[authority..<end].lastIndex(of: "@") ?? authority
        return (text[host..<end].firstIndex(of: "/") ?? end)..<end
    }

    /// RFC 3986 §2.1, of all but the unreserved characters.
    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { escaped, byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default: escaped += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
