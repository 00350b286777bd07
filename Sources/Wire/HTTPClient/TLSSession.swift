internal import COpenSSL
internal import TradewindReactor

/// The TLS side of one connection, over the socket's own descriptor.
///
/// Safety: `@unchecked Sendable` because it is made, used and freed by its connection's loop only.
@safe final class TLSSession: @unchecked Sendable {
    // Safety: owned by this object alone, freed in deinit, never handed out.
    private let session: OpaquePointer
    /// After a fatal error OpenSSL must not be asked for a goodbye.
    private var isBroken = false

    init(owning session: OpaquePointer, host: String, verifiesPeer: Bool) throws(ClientError) {
        unsafe self.session = session
        unsafe SSL_set_connect_state(session)
        let parameters = unsafe SSL_get0_param(session)
        let isAddress = unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1
        if !isAddress {
            unsafe SSL_set_hostflags(session, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            guard unsafe SSL_set1_host(session, host) == 1 else { throw .tls(lastReason()) }
            // RFC 6066 §3: server names are names, never addresses.
            let isNamed = unsafe host.utf8CString.withUnsafeBytes { name in
                unsafe SSL_ctrl(
                    session, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name),
                    UnsafeMutableRawPointer(mutating: name.baseAddress))
            }
            guard isNamed == 1 else { throw .tls(lastReason()) }
        }
        let protocols = Array("\u{8}http/1.1".utf8)
        unsafe SSL_set_alpn_protos(session, protocols, UInt32(protocols.count))
    }

    deinit { unsafe SSL_free(session) }

    /// What was read from the socket is not enough for a record: only more from there will help.
    private var isStarved = false

    /// Bytes that were read from the socket and not yet asked for: no edge will announce them.
    var holdsInput: Bool { unsafe !isStarved && SSL_has_pending(session) == 1 }

    /// Nil when the peer is who it should be.
    func shakeHands(over socket: Socket) async -> ClientError? {
        guard unsafe SSL_set_fd(session, socket.rawDescriptor) == 1 else { return .tls(lastReason()) }
        while !socket.isInterrupted {
            ERR_clear_error()
            let status = unsafe SSL_do_handshake(session)
            if status == 1 { return nil }
            switch unsafe SSL_get_error(session, status) {
            case SSL_ERROR_WANT_READ:
                socket.expectReadableEdge()
                await socket.readable()
            case SSL_ERROR_WANT_WRITE:
                socket.expectWritableEdge()
                await socket.writable()
            default:
                isBroken = true
                return failure()
            }
        }
        return .connectionClosed
    }

    func tryRead(into buffer: inout ByteBuffer, from socket: Socket) throws(ClientError) -> Socket.ReadResult {
        guard !socket.isInterrupted, !socket.isClosed, !isBroken else { throw .connectionClosed }
        guard socket.mayRead || holdsInput else { return .wouldBlock }
        ERR_clear_error()
        var status: CInt = 0
        let count = unsafe buffer.fill(atLeast: 1024) { free in
            var count = 0
            status = unsafe SSL_read_ex(session, free.baseAddress, free.count, &count)
            return status == 1 ? count : 0
        }
        isStarved = false
        if status == 1 { return .bytes(count) }
        switch unsafe SSL_get_error(session, status) {
        case SSL_ERROR_WANT_READ:
            isStarved = true
            socket.expectReadableEdge()
            return .wouldBlock
        case SSL_ERROR_ZERO_RETURN: return .end
        default:
            // Without a goodbye the end may be an attacker's (RFC 8446 §6.1).
            isBroken = true
            throw .connectionClosed
        }
    }

    func tryWrite(_ bytes: Span<UInt8>, to socket: Socket) throws(ClientError) -> Int {
        guard !socket.isInterrupted, !socket.isClosed, !isBroken else { throw .connectionClosed }
        guard socket.mayWrite else { return 0 }
        ERR_clear_error()
        var count = 0
        let status = unsafe bytes.withUnsafeBytes { unsafe SSL_write_ex(session, $0.baseAddress, $0.count, &count) }
        if status == 1 { return count }
        guard unsafe SSL_get_error(session, status) == SSL_ERROR_WANT_WRITE else {
            isBroken = true
            throw .connectionClosed
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

    private func failure() -> ClientError {
        let result = unsafe SSL_get_verify_result(session)
        guard result != X509_V_OK, let words = unsafe X509_verify_cert_error_string(result) else {
            return .tls(lastReason())
        }
        return .tls(unsafe String(cString: words))
    }
}
