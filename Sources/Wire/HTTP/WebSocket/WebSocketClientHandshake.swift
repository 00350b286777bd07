/// Why the answer to a WebSocket request does not open one (RFC 6455 §4.1).
package enum WebSocketHandshakeError: Error, Equatable {
    case status(Int)
    case upgradeMissing
    /// The answer does not prove that the server speaks WebSocket, or is that of another request.
    case acceptKeyWrong
    case subprotocolNotOffered(String)
    /// An extension that was not offered, or on other terms.
    case extensionsUnacceptable(String)
}

/// A client's request for a WebSocket, and the check of the answer.
package struct WebSocketClientHandshake: Sendable {
    package struct Agreement: Equatable, Sendable {
        package let subprotocol: String?
        package let deflate: PerMessageDeflate?
    }

    private let key: String
    private let subprotocols: [String]
    private let offer: PerMessageDeflate?

    /// - Parameters:
    ///   - nonce: random, new for each connection (RFC 6455 §4.1).
    ///   - subprotocols: in order of preference.
    ///   - deflate: the compression that is wished for.
    package init(
        nonce: InlineArray<16, UInt8>, subprotocols: [String] = [], deflate: PerMessageDeflate? = PerMessageDeflate()
    ) {
        key = WebSocketAcceptKey.base64(nonce.indices.map { nonce[$0] })
        self.subprotocols = subprotocols
        offer = deflate
    }

    /// The fields of the GET request, beside Host and what the application adds.
    package var headers: [WebSocketHeader] {
        var headers: [WebSocketHeader] = [
            .init("Upgrade", "websocket"), .init("Connection", "Upgrade"),
            .init("Sec-WebSocket-Version", "13"), .init("Sec-WebSocket-Key", key),
        ]
        if !subprotocols.isEmpty {
            headers.append(.init("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", ")))
        }
        if let offer { headers.append(.init("Sec-WebSocket-Extensions", offer.offer)) }
        return headers
    }

    /// Checks the head of the answer.
    /// - Parameter header: the value of a field, repeated fields joined with commas, any case of name.
    package func verify(
        status: Int, header: (String) -> String?
    ) throws(WebSocketHandshakeError) -> Agreement {
        guard status == 101 else { throw .status(status) }
        guard WebSocketFields.list(header("Upgrade"), contains: "websocket"),
            WebSocketFields.list(header("Connection"), contains: "upgrade")
        else { throw .upgradeMissing }
        guard header("Sec-WebSocket-Accept") == WebSocketAcceptKey.accept(key) else { throw .acceptKeyWrong }
        let subprotocol = header("Sec-WebSocket-Protocol")
        if let subprotocol, !subprotocols.contains(subprotocol) { throw .subprotocolNotOffered(subprotocol) }
        return Agreement(
            subprotocol: subprotocol, deflate: try settle(header("Sec-WebSocket-Extensions") ?? ""))
    }

    private func settle(_ field: String) throws(WebSocketHandshakeError) -> PerMessageDeflate? {
        guard let answers = WebSocketExtension.list(field), answers.count <= 1 else {
            throw .extensionsUnacceptable(field)
        }
        guard let answer = answers.first else { return nil }
        guard let settled = offer?.settled(by: answer) else { throw .extensionsUnacceptable(field) }
        return settled
    }
}
