/// A key that tokens are checked with. It knows its algorithm: what a token's header says of one can only agree or be
/// refused (RFC 8725 §3.1), so neither `none` nor a public key taken for an HMAC secret gets anywhere.
package struct TokenKey: Sendable {
    private enum Material: Sendable {
        case secret(HMACKey)
        case published(PublicKey)
    }

    /// The `kid` of tokens that it signed.
    package let id: String
    let algorithm: String
    private let material: Material
    /// The first segment of tokens that this key signs: known, it need not be decoded.
    let header: [UInt8]

    private init(id: String, algorithm: String, _ material: Material) {
        (self.id, self.algorithm, self.material) = (id, algorithm, material)
        let json = Array(#"{"alg":"\#(algorithm)","typ":"JWT","kid":"\#(id)"}"#.utf8)
        header = Base64URL.encode(json.span)
    }

    /// HS256, for signing and checking. Its id is made of the secret, so that no setting has to name it; who could
    /// guess the secret by it could do so by any token.
    package init(secret: String) {
        let key = HMACKey(secret)
        let id = HMACKey(from: key, for: "kid").authenticate("").base64url.prefix(8)
        self.init(id: String(decoding: id, as: UTF8.self), algorithm: "HS256", .secret(key))
    }

    /// HS256 with the key and the id of somebody else.
    package init(id: String, secret: Span<UInt8>) {
        self.init(id: id, algorithm: "HS256", .secret(HMACKey(secret)))
    }

    init(id: String, _ key: PublicKey) {
        self.init(id: id, algorithm: key.algorithm.rawValue, .published(key))
    }

    /// The signature of a message, if the key can sign at all.
    func sign(_ message: Span<UInt8>) -> [UInt8]? {
        guard case .secret(let key) = material else { return nil }
        return key.authenticate(message).base64url
    }

    func verifies(_ signature: Span<UInt8>, of message: Span<UInt8>) -> Bool {
        switch material {
        // The right signature is spelled out and compared as text: then there is only one spelling.
        case .secret(let key): equalInConstantTime(key.authenticate(message).base64url.span, signature)
        case .published(let key): Base64URL.decode(signature).map { key.verifies($0, of: message) } ?? false
        }
    }
}
