/// Encrypts what must be stored but not be read in the database: credentials of other systems. The newest key seals,
/// every key opens, so keys are rotated by putting a new one first and sealing again what `isOutdated`.
///
/// A box is text: `v1.<key id>.<base64url of nonce, encrypted bytes and tag>`. Nonces are random: a key is good for
/// 2³² boxes (NIST SP 800-38D §8.3), more than any table of credentials has rows.
package struct SealedBoxes: Sendable {
    package struct Key: Sendable {
        let id: String
        let cipher: AESGCM

        /// Nil unless the id is 1 to 32 letters, digits, `-` or `_`, and the key 32 bytes.
        package init?(id: String, bytes: [UInt8]) {
            guard 1...32 ~= id.utf8.count, id.utf8.allSatisfy(Self.isPlain), bytes.count == 32 else { return nil }
            var key = InlineArray<32, UInt8>(repeating: 0)
            for index in 0..<32 { key[index] = bytes[index] }
            (self.id, cipher) = (id, AESGCM(key: key))
        }

        private static func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }

    /// A wrong key, another place, a changed byte, no box at all: whoever tries is not told which.
    package struct Unopened: Error, Hashable { package init() {} }

    private let newest: Key
    private let older: [Key]
    private let chance: Chance

    package init(_ newest: Key, older: [Key] = [], chance: Chance) {
        (self.newest, self.older, self.chance) = (newest, older, chance)
    }

    /// `place` says what the box belongs to (`channel 4711 token`): it opens nowhere else.
    package func seal(_ plain: [UInt8], in place: String) throws(Unopened) -> String {
        let head = "v1.\(newest.id)."
        let chance = chance.draw()
        let nonce = chance.span.extracting(first: AESGCM.nonceBytes)
        guard let sealed = newest.cipher.seal(plain.span, nonce: nonce, bound: Array((head + place).utf8).span) else {
            throw Unopened()
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(nonce.count + sealed.count)
        for index in nonce.indices { bytes.append(nonce[index]) }
        bytes += sealed
        return head + Base64URL.text(bytes.span)
    }

    package func open(_ box: String, in place: String) throws(Unopened) -> [UInt8] {
        let parts = box.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "v1", let key = ([newest] + older).first(where: { $0.id == parts[1] }),
            let bytes = Base64URL.decode(String(parts[2])), bytes.count >= AESGCM.nonceBytes,
            case let (nonce, sealed) = (bytes.prefix(AESGCM.nonceBytes), bytes.dropFirst(AESGCM.nonceBytes)),
            let plain = key.cipher.open(
                sealed.span, nonce: nonce.span, bound: Array("v1.\(key.id).\(place)".utf8).span)
        else { throw Unopened() }
        return plain
    }

    /// Sealed with another key than the newest.
    package func isOutdated(_ box: String) -> Bool { !box.hasPrefix("v1.\(newest.id).") }
}
