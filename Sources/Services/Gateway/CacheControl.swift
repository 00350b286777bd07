internal import TradewindHTTP

/// What a `Cache-Control` says to a cache that many share (RFC 9111 §5.2).
struct CacheControl {
    private(set) var noStore = false, noCache = false, isPrivate = false, isPublic = false
    private(set) var maxAge: Int?, sharedMaxAge: Int?

    init(_ fields: [String]) {
        for field in fields {
            for member in field.split(separator: ",") {
                let parts = member.split(separator: "=", maxSplits: 1).map { $0.trimmed.lowercased() }
                // One with an argument, such as `private="set-cookie"`, is taken as the stricter one without.
                switch parts.first {
                case "no-store": noStore = true
                case "no-cache": noCache = true
                case "private": isPrivate = true
                case "public": isPublic = true
                case "max-age": maxAge = parts.last.flatMap(Self.seconds)
                case "s-maxage": sharedMaxAge = parts.last.flatMap(Self.seconds)
                default: break
                }
            }
        }
    }

    /// What is no number means an answer that is stale at once (§4.2.1).
    private static func seconds(_ text: String) -> Int {
        let digits = text.filter { $0 != "\"" }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return 0 }
        return min(Int(digits) ?? .max, 31_536_000)
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
