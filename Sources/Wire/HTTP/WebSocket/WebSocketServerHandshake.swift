/// Why a request does not open a WebSocket, as the answer that it gets.
package struct WebSocketRefusal: Error, Equatable {
    package let status: Int
    package let reason: String
    /// Fields that the answer must carry.
    package let headers: [WebSocketHeader]

    private static func badRequest(_ reason: String) -> Self { Self(status: 400, reason: reason, headers: []) }

    static let method = badRequest("A WebSocket is opened with GET over HTTP/1.1.")
    static let connection = badRequest("The Connection field must contain Upgrade.")
    static let key = badRequest("Sec-WebSocket-Key must be 16 bytes in base64.")
    static let extensions = badRequest("Sec-WebSocket-Extensions is malformed.")
    /// RFC 9110 §15.5.22: a 426 names the protocol to upgrade to.
    static let upgrade = Self(
        status: 426, reason: "This is a WebSocket endpoint.",
        headers: [.init("Upgrade", "websocket"), .init("Connection", "Upgrade"), .init("Sec-WebSocket-Version", "13")])
    static let version = Self(
        status: 426, reason: "Only version 13 of the WebSocket protocol is spoken here.", headers: upgrade.headers)
}

package struct WebSocketHeader: Equatable, Sendable {
    package let name: String
    package let value: String

    init(_ name: String, _ value: String) {
        (self.name, self.value) = (name, value)
    }
}

/// A request that opens a WebSocket, and what was agreed on (RFC 6455 §4.2).
package struct WebSocketServerHandshake: Equatable, Sendable {
    package let subprotocol: String?
    package let deflate: PerMessageDeflate?
    private let key: String

    /// - Parameters:
    ///   - header: the value of a request field, repeated fields joined with commas (RFC 9110 §5.3), any case of name.
    ///   - subprotocols: those that the endpoint speaks. The first of the client's that is among them is chosen.
    package init(
        method: String, isHTTP11: Bool, subprotocols: [String] = [], mayCompress: Bool = true,
        header: (String) -> String?
    ) throws(WebSocketRefusal) {
        guard WebSocketFields.list(header("Upgrade"), contains: "websocket") else { throw .upgrade }
        guard method == "GET", isHTTP11 else { throw .method }
        guard WebSocketFields.list(header("Connection"), contains: "upgrade") else { throw .connection }
        guard header("Sec-WebSocket-Version") == "13" else { throw .version }
        guard let key = header("Sec-WebSocket-Key"), WebSocketAcceptKey.isKey(key) else { throw .key }
        guard let offers = WebSocketExtension.list(header("Sec-WebSocket-Extensions") ?? "") else {
            throw .extensions
        }
        self.key = key
        subprotocol = WebSocketFields.list(header("Sec-WebSocket-Protocol")).first(where: subprotocols.contains)
        deflate = mayCompress ? PerMessageDeflate.accepting(offers) : nil
    }

    /// The fields of the 101 answer.
    package var headers: [WebSocketHeader] {
        var headers: [WebSocketHeader] = [
            .init("Upgrade", "websocket"), .init("Connection", "Upgrade"),
            .init("Sec-WebSocket-Accept", WebSocketAcceptKey.accept(key)),
        ]
        if let subprotocol { headers.append(.init("Sec-WebSocket-Protocol", subprotocol)) }
        if let deflate { headers.append(.init("Sec-WebSocket-Extensions", deflate.answer)) }
        return headers
    }
}

enum WebSocketFields {
    /// The elements of a comma-separated field.
    static func list(_ field: String?) -> [String] {
        (field ?? "").split(separator: ",").compactMap { element in
            let isSpace = { (character: Character) in character == " " || character == "\t" }
            let head = element.drop(while: isSpace)
            let end = head.lastIndex { !isSpace($0) }
            return end.map { String(head[...$0]) }
        }
    }

    static func list(_ field: String?, contains token: String) -> Bool {
        list(field).contains { $0.lowercased() == token }
    }
}
