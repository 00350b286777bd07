package struct WebSocketMessage: Equatable, Sendable {
    package enum Kind: Sendable, CaseIterable {
        case text, binary

        var opcode: WebSocketOpcode { self == .text ? .text : .binary }
    }

    package let kind: Kind
    /// Valid UTF-8 if the kind is text.
    package let bytes: [UInt8]

    package init(_ kind: Kind, _ bytes: [UInt8]) {
        (self.kind, self.bytes) = (kind, bytes)
    }

    package init(_ text: String) {
        self.init(.text, Array(text.utf8))
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// What arrived.
package enum WebSocketEvent: Equatable, Sendable {
    case message(WebSocketMessage)
    case ping([UInt8])
    case pong([UInt8])
    /// The peer's close frame; nothing comes after it.
    case close(WebSocketCloseCode?, reason: String)
    /// The peer broke the protocol: close with the violation's code. Nothing comes after it.
    case violation(WebSocketViolation)
}
