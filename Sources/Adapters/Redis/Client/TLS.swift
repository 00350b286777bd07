internal import COpenSSL
internal import Glibc
internal import TradewindLocks
internal import TradewindReactor

/// What all TLS connections of a client share; made when the first one is needed.
///
/// Safety: `@unchecked Sendable` because the pointer is written once, under the lock, and OpenSSL lets any number of
/// threads make sessions of one context that is no longer configured. Sessions hold their own reference.
@safe final class TLSContext: @unchecked Sendable {
    struct Failure: Error { let reason: String }

    private let authorities: String?
    private let isMade = Lock<Bool>(false)
    private var context: OpaquePointer?

    init(authorities: String?) { self.authorities = authorities }

    deinit { if let context = unsafe context { unsafe SSL_CTX_free(context) } }

    /// A session over `socket` that will accept `host` and nobody else.
    func session(over socket: Socket, for host: String) throws(Failure) -> TLSSession {
        try isMade.withLock { isMade throws(Failure) in
            if !isMade { unsafe context = try unsafe make() }
            isMade = true
        }
        guard let context = unsafe context, let session = unsafe SSL_new(context) else { throw lastFailure() }
        return try unsafe TLSSession(owning: session, over: socket, for: host)
    }

    private func make() throws(Failure) -> OpaquePointer {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else { throw lastFailure() }
        // Macros of ssl.h, spelled out: TLS 1.2 at least; writes may be taken in part and repeated from elsewhere.
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        unsafe SSL_CTX_ctrl(
            context, SSL_CTRL_MODE, Int(SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER), nil)
        // No renegotiation, in which reads would wait for writes.
        unsafe SSL_CTX_set_options(context, UInt64(1) << 30)
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        unsafe SSL_CTX_set_default_verify_paths(context)
        if let authorities, unsafe SSL_CTX_load_verify_locations(context, authorities, nil) != 1 {
            unsafe SSL_CTX_free(context)
            throw Failure(reason: "\(authorities): \(lastFailure().reason)")
        }
        return unsafe context
    }
}

/// The TLS side of one connection, over the socket's own descriptor.
///
/// Safety: `@unchecked Sendable` because it is made, used and freed by its connection's loop only.
@safe final class TLSSession: @unchecked Sendable {
    // Safety: owned by this object alone, freed in deinit, never handed out.
    private let session: OpaquePointer
    private let socket: Socket
    /// After a fatal error OpenSSL must not be asked for a goodbye.
    private var isBroken = false

    fileprivate init(
        owning session: OpaquePointer, over socket: Socket, for host: String
    ) throws(TLSContext.Failure) {
        unsafe self.session = unsafe session
        self.socket = socket
        unsafe SSL_set_connect_state(session)
        guard unsafe SSL_set_fd(session, socket.rawDescriptor) == 1 else { throw lastFailure() }
        if unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) == 1 { return }
        unsafe SSL_set_hostflags(session, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        guard unsafe SSL_set1_host(session, host) == 1 else { throw lastFailure() }
        // RFC 6066 §3: server names are names, never addresses.
        let isNamed = unsafe host.utf8CString.withUnsafeBytes { name in
            unsafe SSL_ctrl(
                session, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name),
                UnsafeMutableRawPointer(mutating: name.baseAddress))
        }
        guard isNamed == 1 else { throw lastFailure() }
    }

    deinit { unsafe SSL_free(session) }

    func shakeHands() async throws(TLSContext.Failure) {
        while !socket.isInterrupted {
            ERR_clear_error()
            let status = unsafe SSL_do_handshake(session)
            if status == 1 { return }
            switch unsafe SSL_get_error(session, status) {
            case SSL_ERROR_WANT_READ:
                socket.expectReadableEdge()
                await socket.readable()
            case SSL_ERROR_WANT_WRITE:
                socket.expectWritableEdge()
                await socket.writable()
            default:
                isBroken = true
                throw failure()
            }
        }
        throw TLSContext.Failure(reason: "it does not answer")
    }

    private func failure() -> TLSContext.Failure {
        let result = unsafe SSL_get_verify_result(session)
        guard result != X509_V_OK, let words = unsafe X509_verify_cert_error_string(result) else {
            return lastFailure()
        }
        return TLSContext.Failure(reason: unsafe String(cString: words))
    }

    /// Whatever the socket says, a record that was read before may hold more, so OpenSSL is asked each time.
    func tryRead(into buffer: inout ByteBuffer) throws(SystemError) -> Socket.ReadResult {
        guard !socket.isInterrupted, !socket.isClosed, !isBroken else { throw SystemError("recv", code: ECONNRESET) }
        ERR_clear_error()
        var status: CInt = 0
        let count = unsafe buffer.fill(atLeast: 1_024) { free in
            var count = 0
            status = unsafe SSL_read_ex(session, free.baseAddress, free.count, &count)
            return status == 1 ? count : 0
        }
        if status == 1 { return .bytes(count) }
        switch unsafe SSL_get_error(session, status) {
        case SSL_ERROR_WANT_READ:
            socket.expectReadableEdge()
            return .wouldBlock
        case SSL_ERROR_ZERO_RETURN: return .end
        default:
            isBroken = true
            throw SystemError("recv", code: ECONNRESET)
        }
    }

    func tryWrite(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
        guard !socket.isInterrupted, !socket.isClosed, !isBroken else { throw SystemError("send", code: EPIPE) }
        guard socket.mayWrite else { return 0 }
        ERR_clear_error()
        var count = 0
        let status = unsafe SSL_write_ex(session, bytes.baseAddress, bytes.count, &count)
        if status == 1 { return count }
        guard unsafe SSL_get_error(session, status) == SSL_ERROR_WANT_WRITE else {
            isBroken = true
            throw SystemError("send", code: EPIPE)
        }
        socket.expectWritableEdge()
        return 0
    }

    /// Tells the peer that nothing was cut off. Its own goodbye is not waited for.
    func sayGoodbye() {
        guard !isBroken else { return }
        ERR_clear_error()
        unsafe SSL_shutdown(session)
    }
}

/// OpenSSL's words for what failed last on this thread.
private func lastFailure() -> TLSContext.Failure {
    guard let reason = unsafe ERR_reason_error_string(ERR_get_error()) else {
        return TLSContext.Failure(reason: "the connection was closed")
    }
    return TLSContext.Failure(reason: unsafe String(cString: reason))
}
