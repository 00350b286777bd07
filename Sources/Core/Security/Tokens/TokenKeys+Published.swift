internal import TradewindJSON

extension TokenKeys {
    package struct Unusable: Error, Hashable { package init() {} }

    /// The keys of another issuer, from its JWKS document (RFC 7517 §5): those for signatures with Ed25519 or RS256.
    /// Kinds that are not known are passed over, as the RFC wants; a secret in a public document is never a key.
    package init(published document: [UInt8]) throws(Unusable) {
        let limits = JSONLimits(depth: 8, size: 256 << 10)
        guard let set = try? JSON.decode(PublishedKeys.self, from: document, limits: limits) else { throw Unusable() }
        let keys = set.keys.prefix(32).compactMap(\.key)
        guard !keys.isEmpty else { throw Unusable() }
        self.init(keys)
    }
}

private struct PublishedKeys: Decodable {
    struct Entry: Decodable {
        let kty: String
        let kid: String?, alg: String?, use: String?
        let crv: String?, x: String?
        let n: String?, e: String?

        var key: TokenKey? {
            guard use == nil || use == "sig", let key = material, alg == nil || alg == key.algorithm.rawValue else {
                return nil
            }
            return TokenKey(id: kid ?? "", key)
        }

        private var material: PublicKey? {
            switch kty {
            case "OKP":
                guard crv == "Ed25519", let bytes = x.flatMap({ Base64URL.decode($0) }) else { return nil }
                return PublicKey(ed25519: bytes.span)
            case "RSA":
                guard let modulus = n.flatMap({ Base64URL.decode($0) }), modulus.count <= 1_025,
                    let exponent = e.flatMap({ Base64URL.decode($0) })
                else { return nil }
                return PublicKey(modulus: modulus, exponent: exponent)
            default: return nil
            }
        }
    }

    let keys: [Entry]
}
