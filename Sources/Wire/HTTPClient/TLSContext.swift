internal import COpenSSL
internal import TradewindLocks

package struct TLSSettings: Sendable {
    /// Authorities to trust besides the system's: a file of certificates in PEM.
    package var authorities: String?
    /// Off only for a peer that is known by other means.
    package var verifiesPeer = true

    package init() {}
}

/// What all TLS connections of a client share. Made when the first one is needed, because reading the system's
/// certificates costs time and memory that most services never spend.
///
/// Safety: `@unchecked Sendable` because the pointer is written once, under the lock, and OpenSSL lets any number of
/// threads make sessions of one context that is no longer configured. Freed with this object; sessions hold their own
/// reference (SSL_new counts).
@safe final class TLSContext: @unchecked Sendable {
    private let settings: TLSSettings
    private let made = Lock<Bool>(false)
    private var context: OpaquePointer?

    init(_ settings: TLSSettings) { self.settings = settings }

    deinit { if let context = unsafe context { unsafe SSL_CTX_free(context) } }

    /// A session that will accept `host` and nobody else.
    func session(for host: String) throws(ClientError) -> TLSSession {
        let context = unsafe try ready()
        guard let session = unsafe SSL_new(context) else { throw .tls(lastReason()) }
        return try unsafe TLSSession(owning: session, host: host, verifiesPeer: settings.verifiesPeer)
    }

    private func ready() throws(ClientError) -> OpaquePointer {
        let failure = made.withLock { made -> ClientError? in
            guard !made else { return nil }
            do throws(ClientError) { unsafe context = try unsafe make() } catch { return error }
            made = true
            return nil
        }
        guard let context = unsafe context else { throw failure ?? .tls("no context") }
        return unsafe context
    }

    private func make() throws(ClientError) -> OpaquePointer {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else { throw .tls(lastReason()) }
        // Macros of ssl.h, spelled out: TLS 1.2 at least; writes may be taken in part and repeated from elsewhere.
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        unsafe SSL_CTX_ctrl(
            context, SSL_CTRL_MODE, Int(SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER), nil)
        // A renegotiation would make reads wait for writes. TLS 1.3 has none, and in 1.2 it is only ever abused.
        unsafe SSL_CTX_set_options(context, UInt64(1) << 30)
        unsafe SSL_CTX_set_verify(context, settings.verifiesPeer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
        unsafe SSL_CTX_set_default_verify_paths(context)
        if let file = settings.authorities, unsafe SSL_CTX_load_verify_locations(context, file, nil) != 1 {
            unsafe SSL_CTX_free(context)
            throw .tls("\(file): \(lastReason())")
        }
        // Whole records in one system call, instead of each record's header first.
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_READ_AHEAD, 1, nil)
        return unsafe context
    }
}

/// OpenSSL's words for what failed last on this thread.
func lastReason() -> String {
    guard let reason = unsafe ERR_reason_error_string(ERR_get_error()) else { return "connection closed" }
    return unsafe String(cString: reason)
}
