import Synchronization
import TradewindHTTP
import TradewindHTTPServer
import TradewindReactor

/// A WebSocket client of the tests: what it sends and what it hears are its test's to say.
///
/// Safety: `@unchecked Sendable` because it is used on its loop only.
final class Chat: @unchecked Sendable {
    private let socket: Socket
    private var received = ByteBuffer(capacity: 4096)
    private var parser = WebSocketParser(.client, deflate: PerMessageDeflate(), messageLimit: 64 << 20)
    private let writer = WebSocketWriter(maskingKey: { 0x1234_5678 })
    private(set) var head = ""

    static let request =
        "GET / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

    /// Sends the request with whatever else is to come right behind it, and reads the answer's head.
    init(_ site: Site, fields: String = "", behind: [UInt8] = []) async throws {
        socket = try await site.loop.connect(to: [site.address], timeout: .seconds(60))
        try await write(Array((Self.request + fields + "\r\n").utf8) + behind)
        var end = 0
        while end == 0 {
            guard try await socket.read(into: &received) > 0 else { return }
            let text = unsafe Array(received.bytes)
            end = (3..<text.count).first { text[($0 - 3)...$0].elementsEqual("\r\n\r\n".utf8) } ?? 0
        }
        head = unsafe String(decoding: received.bytes.prefix(end + 1), as: UTF8.self)
        received.consume(end + 1)
    }

    func write(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            rest = rest.dropFirst(try unsafe rest.withUnsafeBytes { try unsafe socket.tryWrite($0) })
            if !rest.isEmpty { await socket.writable() }
        }
    }

    func send(_ text: String) async throws { try await write(Chat.frame(WebSocketMessage(text))) }

    func close(_ code: WebSocketCloseCode?) async throws {
        var frame: [UInt8] = []
        writer.appendClose(code, to: &frame)
        try await write(frame)
    }

    func ping(_ payload: String) async throws {
        var frame: [UInt8] = []
        writer.appendPing(Array(payload.utf8), to: &frame)
        try await write(frame)
    }

    static func frame(_ message: WebSocketMessage) -> [UInt8] {
        var frame: [UInt8] = []
        WebSocketWriter(maskingKey: { 0x1234_5678 }).append(message.kind, message.bytes.span, to: &frame)
        return frame
    }

    /// The next thing that the server says; nil at the end of the connection.
    func event() async throws -> WebSocketEvent? {
        while true {
            var offset = 0
            let event = received.withSpan { parser.next(in: $0, at: &offset) }
            received.consume(offset)
            if let event { return event }
            guard let count = try? await socket.read(into: &received), count > 0 else { return nil }
        }
    }

    func text() async throws -> String? {
        if case .message(let message) = try await event() { message.text } else { nil }
    }

    func leave() { socket.close() }
    func reset() { socket.reset() }
}

/// A server whose every path is a WebSocket for `handler`.
func withSockets<Result: Sendable>(
    _ options: WebSocketOptions,
    _ handler: @escaping @Sendable (WebSocket) async throws -> Void,
    _ body: @escaping @Sendable (Site) async throws -> Result
) async throws -> Result {
    try await withServer({ request in try .webSocket(request, options, handler) }, body)
}

func withSockets<Result: Sendable>(
    _ handler: @escaping @Sendable (WebSocket) async throws -> Void,
    _ body: @escaping @Sendable (Site) async throws -> Result
) async throws -> Result {
    // Pings come where a test asks for them, not where a busy machine lets a connection rest.
    var options = WebSocketOptions()
    options.pingInterval = .seconds(3600)
    return try await withSockets(options, handler, body)
}

let echoing: @Sendable (WebSocket) async throws -> Void = { socket in
    while let message = try await socket.receive() { try await socket.send(message) }
}
