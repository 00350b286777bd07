/// Where Redis is, and how long it is waited for.
package struct RedisSettings: Sendable, CustomStringConvertible {
    package var host = "127.0.0.1"
    package var port: UInt16 = 6379
    /// Of Redis' access lists. Empty: the default user, who has at most a password.
    package var username = ""
    package var password = ""
    package var database = 0
    package var isSecured = false
    /// Authorities to trust besides the system's: a file of certificates in PEM.
    package var authorities: String?

    package var connectTimeout = Duration.milliseconds(1_500)
    /// A command has failed when Redis says nothing for so long.
    package var silence = Duration.milliseconds(1_500)
    /// Commands of a loop that may wait while there is no connection. Those beyond are refused at once.
    package var waitingLimit = 10_000

    package init() {}

    /// `redis://user:password@host:6379/0`, or `rediss://…` through TLS. Everything but the scheme may be left out;
    /// what is special in a URL is written as %XX in the names.
    package init(url: String) throws(InvalidURL) {
        guard let schemeEnd = url.firstRange(of: "://") else { throw InvalidURL(reason: "it has no redis://") }
        switch url[..<schemeEnd.lowerBound] {
        case "redis": break
        case "rediss": isSecured = true
        default: throw InvalidURL(reason: "it begins with neither redis:// nor rediss://")
        }
        var rest = url[schemeEnd.upperBound...]
        if rest.contains(where: { $0 == "?" || $0 == "#" }) { throw InvalidURL(reason: "it takes no ? and no #") }
        if let slash = rest.lastIndex(of: "/") {
            let number = rest[rest.index(after: slash)...]
            guard let database = number.isEmpty ? 0 : Int(number), database >= 0 else {
                throw InvalidURL(reason: "what follows the last / is the number of a database")
            }
            (self.database, rest) = (database, rest[..<slash])
        }
        if let at = rest.lastIndex(of: "@") {
            let words = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            username = try decoded(words[0])
            password = words.count > 1 ? try decoded(words[1]) : ""
            rest = rest[rest.index(after: at)...]
        }
        try readAddress(rest)
    }

    private mutating func readAddress(_ text: Substring) throws(InvalidURL) {
        var (name, rest) = (text, Substring())
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { throw InvalidURL(reason: "a [ without its ]") }
            (name, rest) = (text[text.index(after: text.startIndex)..<end], text[text.index(after: end)...])
        } else if let colon = text.lastIndex(of: ":") {
            (name, rest) = (text[..<colon], text[colon...])
        }
        if !name.isEmpty { host = String(name) }
        guard !rest.isEmpty else { return }
        guard rest.first == ":", let port = UInt16(rest.dropFirst()), port > 0 else {
            throw InvalidURL(reason: "the port is a number from 1 to 65535")
        }
        self.port = port
    }

    package struct InvalidURL: Error, Hashable, CustomStringConvertible {
        let reason: String
        /// Never the URL itself, which may hold a password.
        package var description: String { "not a URL of Redis: \(reason)" }
    }

    /// Without the password.
    package var description: String {
        let user = username.isEmpty ? "" : "\(username)@"
        let place = host.contains(":") ? "[\(host)]" : host
        return "redis\(isSecured ? "s" : "")://\(user)\(place):\(port)/\(database)"
    }
}

private func decoded(_ text: Substring) throws(RedisSettings.InvalidURL) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard let digits = String(rest.prefix(2)), digits.utf8.count == 2, let decoded = UInt8(digits, radix: 16) else {
            throw RedisSettings.InvalidURL(reason: "a % without two hexadecimal digits")
        }
        bytes.append(decoded)
        rest = rest.dropFirst(2)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw RedisSettings.InvalidURL(reason: "the user or the password is not UTF-8")
    }
    return text
}
