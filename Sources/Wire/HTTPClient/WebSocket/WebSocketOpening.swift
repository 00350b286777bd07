package import TradewindHTTP
internal import TradewindReactor

package struct ClientWebSocketOptions: Sendable {
    /// In order of preference; the server chooses one or none.
    package var subprotocols: [String] = []
    /// What is offered; nil for none.
    package var deflate: PerMessageDeflate? = PerMessageDeflate()
    /// Of an incoming message, after inflation.
    package var messageLimit = 16 << 20
    /// How long the other side may take to answer our close.
    package var closeTimeout = Duration.seconds(5)

    package init() {}
}

extension HTTPClient {
    /// Opens a WebSocket at `ws://…` or `wss://…`. It has a connection of its own, which counts among its origin's.
    package func webSocket(
        _ address: String, headers: HTTPHeaders = HTTPHeaders(),
        options: ClientWebSocketOptions = ClientWebSocketOptions()
    ) async throws(ClientError) -> ClientWebSocket {
        let handshake = WebSocketClientHandshake(
            nonce: randomNonce(), subprotocols: options.subprotocols, deflate: options.deflate)
        var request = try ClientRequest(.get, address, headers: headers)
        request.upgrade = "websocket"
        for field in handshake.headers {
            if let name = HeaderName(field.name) { request.headers.add(name, field.value) }
        }
        let response: ClientResponse
        do { response = try await send(request) } catch { throw error as? ClientError ?? .cancelled }
        guard let stream = response.upgraded else { throw .upgradeRefused(response.status) }
        let agreement: WebSocketClientHandshake.Agreement
        do {
            agreement = try handshake.verify(status: Int(response.status.code)) { name in
                let values = HeaderName(name).map { response.headers.all($0) } ?? []
                return values.isEmpty ? nil : values.joined(separator: ", ")
            }
        } catch { throw .webSocketRefused(error) }
        return ClientWebSocket(stream, agreement, options)
    }
}

private func randomNonce() -> InlineArray<16, UInt8> {
    var words = InlineArray<2, UInt64>(repeating: 0)
    var span = words.mutableSpan
    fillWithRandomness(&span)
    return InlineArray { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64(8 * ($0 % 8))) }
}

/// Masking keys that nobody can foretell (RFC 6455 §10.3), fetched from the kernel by the dozen.
///
/// Safety: `@unchecked Sendable` because the writer that asks for keys is confined to its connection's loop.
final class MaskingKeys: @unchecked Sendable {
    private var words = InlineArray<16, UInt64>(repeating: 0)
    private var used = 16

    func next() -> UInt32 {
        if used == 16 {
            var span = words.mutableSpan
            fillWithRandomness(&span)
            used = 0
        }
        defer { used += 1 }
        return UInt32(truncatingIfNeeded: words[used])
    }
}
