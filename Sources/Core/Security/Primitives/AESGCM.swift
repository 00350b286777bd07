internal import COpenSSL

/// AES-256-GCM (NIST SP 800-38D) with nonces of 96 bits and tags of 128.
package struct AESGCM: Sendable {
    static let nonceBytes = 12, tagBytes = 16

    private let key: InlineArray<32, UInt8>

    package init(key: InlineArray<32, UInt8>) { self.key = key }

    /// The encrypted bytes with their tag behind them; nil when OpenSSL has no memory.
    package func seal(_ plain: Span<UInt8>, nonce: Span<UInt8>, bound: Span<UInt8>) -> [UInt8]? {
        guard let cipher = Cipher(), cipher.begin(key, nonce, encrypts: true), cipher.bind(bound),
            var sealed = cipher.update(plain, extra: Self.tagBytes), cipher.finish()
        else { return nil }
        return cipher.readTag(into: &sealed) ? sealed : nil
    }

    /// Nil when anything of it is not as it was sealed. Nothing of the text is given out before the tag was right.
    package func open(_ sealed: Span<UInt8>, nonce: Span<UInt8>, bound: Span<UInt8>) -> [UInt8]? {
        guard sealed.count >= Self.tagBytes, let cipher = Cipher(),
            cipher.begin(key, nonce, encrypts: false), cipher.bind(bound),
            let plain = cipher.update(sealed.extracting(droppingLast: Self.tagBytes), extra: 0),
            cipher.expectTag(sealed.extracting(last: Self.tagBytes)), cipher.finish()
        else { return nil }
        return plain
    }
}

/// OpenSSL's state of one encryption or decryption. What fails leaves nothing in the thread's error queue, where the
/// next TLS connection would take it for its own.
///
/// Safety: the context is made here, freed in deinit and never handed out; every span is alive during its call and its
/// own count is passed with it. Counts fit `CInt` because `update` refuses longer ones.
@safe private struct Cipher: ~Copyable {
    private let context: OpaquePointer

    init?() {
        guard let context = unsafe EVP_CIPHER_CTX_new() else { return nil }
        unsafe self.context = context
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    func begin(_ key: InlineArray<32, UInt8>, _ nonce: Span<UInt8>, encrypts: Bool) -> Bool {
        guard nonce.count == AESGCM.nonceBytes else { return false }
        let status = unsafe key.span.withUnsafeBufferPointer { key in
            unsafe nonce.withUnsafeBufferPointer { nonce in
                unsafe EVP_CipherInit_ex(
                    context, EVP_aes_256_gcm(), nil, key.baseAddress, nonce.baseAddress, encrypts ? 1 : 0)
            }
        }
        return drained(status)
    }

    /// What is not encrypted, but must be the same when the box is opened.
    func bind(_ bytes: Span<UInt8>) -> Bool {
        guard !bytes.isEmpty else { return true }
        guard let count = CInt(exactly: bytes.count) else { return false }
        var written: CInt = 0
        return drained(
            unsafe bytes.withUnsafeBufferPointer {
                unsafe EVP_CipherUpdate(context, nil, &written, $0.baseAddress, count)
            })
    }

    /// The bytes through the cipher, with `extra` zeros behind them.
    func update(_ bytes: Span<UInt8>, extra: Int) -> [UInt8]? {
        var result = [UInt8](repeating: 0, count: bytes.count + extra)
        guard let count = CInt(exactly: bytes.count) else { return nil }
        guard count > 0 else { return result }
        var written: CInt = 0
        let status = unsafe result.withUnsafeMutableBufferPointer { room in
            unsafe bytes.withUnsafeBufferPointer {
                unsafe EVP_CipherUpdate(context, room.baseAddress, &written, $0.baseAddress, count)
            }
        }
        return drained(status) ? result : nil
    }

    /// False when the tag is not the one that was expected. GCM writes nothing here, yet wants a place.
    func finish() -> Bool {
        var (place, written): (InlineArray<16, UInt8>, CInt) = (.init(repeating: 0), 0)
        var span = place.mutableSpan
        return drained(
            unsafe span.withUnsafeMutableBufferPointer {
                unsafe EVP_CipherFinal_ex(context, $0.baseAddress, &written)
            })
    }

    func readTag(into sealed: inout [UInt8]) -> Bool {
        let start = sealed.count - AESGCM.tagBytes
        return drained(
            unsafe sealed.withUnsafeMutableBytes {
                unsafe EVP_CIPHER_CTX_ctrl(
                    context, EVP_CTRL_AEAD_GET_TAG, CInt(AESGCM.tagBytes), $0.baseAddress?.advanced(by: start))
            })
    }

    func expectTag(_ tag: Span<UInt8>) -> Bool {
        drained(
            unsafe tag.withUnsafeBytes {
                // The pointer is not const in C, but is only read for this command.
                unsafe EVP_CIPHER_CTX_ctrl(
                    context, EVP_CTRL_AEAD_SET_TAG, CInt($0.count), UnsafeMutableRawPointer(mutating: $0.baseAddress))
            })
    }
}

/// Whether it worked; if not, without a trace of it in OpenSSL's queue.
func drained(_ status: CInt) -> Bool {
    if status != 1 { ERR_clear_error() }
    return status == 1
}
