/// The keys by which services know each other. There may be several at once, so that one is replaced by another while
/// both count. In memory they are hashes, which no dump gives away.
package struct APIKeys: Sendable {
    private let entries: [(holder: String, digest: Digest)]

    /// Names the holder of each key: who is let in with it.
    package init(_ keys: [(holder: String, key: String)]) {
        entries = keys.map { ($0.holder, SHA256.hash($0.key)) }
    }

    /// Looks at all of them, whichever it is.
    package func holder(of key: Span<UInt8>) -> String? {
        let digest = SHA256.hash(key)
        var found: String?
        for entry in entries where entry.digest == digest { found = found ?? entry.holder }
        return found
    }
}
