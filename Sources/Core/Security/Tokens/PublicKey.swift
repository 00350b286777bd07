internal import COpenSSL

/// A key that somebody else signs with and has published: Ed25519, or RSA of at least 2,048 bits.
///
/// Safety: `@unchecked Sendable` because the key is made once and only read afterwards, which OpenSSL allows to any
/// number of threads. It is freed with this object and never handed out.
@safe final class PublicKey: @unchecked Sendable {
    enum Algorithm: String { case ed25519 = "EdDSA", rsa = "RS256" }

    let algorithm: Algorithm
    private let key: OpaquePointer

    /// RFC 8037: the 32 bytes of the key.
    init?(ed25519 bytes: Span<UInt8>) {
        let key = unsafe bytes.withUnsafeBufferPointer {
            unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, $0.baseAddress, $0.count)
        }
        guard let key = unsafe key else {
            ERR_clear_error()
            return nil
        }
        algorithm = .ed25519
        unsafe self.key = key
    }

    /// RFC 7518 §6.3: modulus and exponent, the highest byte first.
    init?(modulus: [UInt8], exponent: [UInt8]) {
        let document = DER.sequence(DER.integer(modulus) + DER.integer(exponent))
        let key = unsafe document.withUnsafeBufferPointer { document in
            var next = document.baseAddress
            return unsafe d2i_PublicKey(EVP_PKEY_RSA, nil, &next, document.count)
        }
        guard let key = unsafe key else {
            ERR_clear_error()
            return nil
        }
        algorithm = .rsa
        unsafe self.key = key
        // From here on deinit frees it. Longer ones would only cost time: anybody's token is checked with them.
        guard unsafe 2_048...8_192 ~= EVP_PKEY_get_bits(key), !exponent.allSatisfy({ $0 == 0 }), exponent.count <= 4
        else { return nil }
    }

    deinit { unsafe EVP_PKEY_free(key) }

    func verifies(_ signature: [UInt8], of message: Span<UInt8>) -> Bool {
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        // Ed25519 hashes by itself and wants to be told no hash.
        let hash = unsafe algorithm == .rsa ? EVP_sha256() : nil
        guard unsafe drained(EVP_DigestVerifyInit(context, nil, hash, nil, key)) else { return false }
        return unsafe signature.withUnsafeBufferPointer { signature in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe drained(
                    EVP_DigestVerify(
                        context, signature.baseAddress, signature.count, message.baseAddress, message.count))
            }
        }
    }
}

/// The little of X.690 that an RSA key needs (RFC 8017 §A.1.1).
private enum DER {
    static func integer(_ bytes: [UInt8]) -> [UInt8] {
        var value = Array(bytes.drop { $0 == 0 })
        // Its first bit would be a sign.
        if value.first.map({ $0 >= 0x80 }) ?? true { value.insert(0, at: 0) }
        return [0x02] + length(value.count) + value
    }

    static func sequence(_ content: [UInt8]) -> [UInt8] { [0x30] + length(content.count) + content }

    private static func length(_ count: Int) -> [UInt8] {
        if count < 0x80 { return [UInt8(count)] }
        return [0x82, UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
    }
}
