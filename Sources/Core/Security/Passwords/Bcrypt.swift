internal import CCrypt
internal import Glibc

/// bcrypt as libcrypt has it. Slow by intent, so never on a loop.
enum Bcrypt {
    /// Nil when there is no memory for it.
    static func hash(_ password: Password, cost: Int, _ chance: Chance) -> PasswordHash? {
        let salt = chance.draw()
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        let size = CInt(setting.count)
        // Safety: both buffers outlive the call, which is given their sizes; the salt has 32 bytes, of which 16 are
        // used.
        let isMade = unsafe salt.span.withUnsafeBytes { salt in
            unsafe setting.withUnsafeMutableBufferPointer {
                unsafe crypt_gensalt_rn(
                    "$2b$", UInt(cost), salt.baseAddress?.assumingMemoryBound(to: CChar.self), 16, $0.baseAddress, size)
                    != nil
            }
        }
        guard isMade, let end = setting.firstIndex(of: 0) else { return nil }
        return crypt(password, String(decoding: setting[..<end].map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    static func verifies(_ password: Password, _ hash: PasswordHash) -> Bool {
        guard let again = crypt(password, hash.text) else { return false }
        return equalInConstantTime(again.text.utf8Span.span, hash.text.utf8Span.span)
    }

    /// Safety: libcrypt allocates the memory it works in and returns a string inside; that is copied, then all of it is
    /// overwritten, since it held the password, and freed.
    private static func crypt(_ password: Password, _ setting: String) -> PasswordHash? {
        var memory: UnsafeMutableRawPointer?
        var size: CInt = 0
        defer {
            if let memory = unsafe memory {
                unsafe explicit_bzero(memory, Int(size))
                unsafe free(memory)
            }
        }
        guard let hash = unsafe crypt_ra(password.text, setting, &memory, &size) else { return nil }
        return PasswordHash(unsafe String(cString: hash))
    }
}
