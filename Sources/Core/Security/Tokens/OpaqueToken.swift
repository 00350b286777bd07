/// 256 bits that stand for something we have stored: a refresh token, an invitation. Only its digest is stored, so who
/// reads the store can use none of them. A plain hash will do, because nobody can guess what was drawn.
package struct OpaqueToken: Sendable {
    /// 43 characters, shown to its holder once.
    package let text: String
    package let digest: Digest

    package init(_ chance: Chance) {
        text = Base64URL.text(chance.draw().span)
        digest = SHA256.hash(text)
    }

    /// From a client; nil for what can be none of ours.
    package init?(_ text: String) {
        guard text.utf8.count == 43, Base64URL.decode(text) != nil else { return nil }
        self.text = text
        digest = SHA256.hash(text)
    }
}

extension OpaqueToken: CustomStringConvertible {
    package var description: String { "•••" }
}
