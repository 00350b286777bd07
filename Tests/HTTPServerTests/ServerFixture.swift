import TradewindHTTP
import TradewindHTTPServer
import TradewindReactor

/// A server with `handler` on a free port of a loop of its own, and a way to talk to it byte by byte.
struct Site: Sendable {
    let server: HTTPServer
    let address: SocketAddress
    let loop: EventLoop

    func connect() async throws -> RawClient {
        RawClient(try await loop.connect(to: [address], timeout: .seconds(60)))
    }

    /// Sends `text` on a connection of its own and returns everything that comes back until the server closes.
    func exchange(_ text: String) async throws -> String {
        let client = try await connect()
        defer { client.close() }
        try await client.send(text)
        return try await client.readToEnd()
    }
}

func withServer<Result: Sendable>(
    limits: ServerLimits = ServerLimits(), _ handler: @escaping Handler = { _ in .text("Hello, World!") },
    _ body: @escaping @Sendable (Site) async throws -> Result
) async throws -> Result {
    let group = try EventLoopGroup(count: 1)
    defer { group.shutDown() }
    let loop = group.loops[0]
    let server = HTTPServer(HandlerResponder(handler), on: group, limits: limits)
    return try await Task(executorPreference: loop) {
        guard let loopback = SocketAddress(numeric: "127.0.0.1", port: 0) else { preconditionFailure("an address") }
        let address = try await server.listen(on: loopback)
        do {
            let result = try await body(Site(server: server, address: address, loop: loop))
            await server.stop(within: .zero)
            return result
        } catch {
            await server.stop(within: .zero)
            throw error
        }
    }.value
}

/// A client that says exactly what it is told to and shows exactly what it gets.
///
/// Safety: `@unchecked Sendable` because it is used on its loop only.
final class RawClient: @unchecked Sendable {
    private let socket: Socket
    private var received = ByteBuffer(capacity: 4096)

    init(_ socket: Socket) { self.socket = socket }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            rest = rest.dropFirst(try unsafe rest.withUnsafeBytes { try unsafe socket.tryWrite($0) })
            if !rest.isEmpty { await socket.writable() }
        }
    }

    /// One response with a Content-Length or in chunks; head and decoded body.
    func response(toHead: Bool = false) async throws -> (head: String, body: String) {
        var text = peek()
        while !text.contains("\r\n\r\n") {
            guard try await readMore() else { return (text, "") }
            text = peek()
        }
        let head = String(text.prefix(upTo: text.range("\r\n\r\n").lowerBound)) + "\r\n"
        received.consume(head.utf8.count + 2)
        if toHead { return (head, "") }
        if head.contains("Transfer-Encoding: chunked\r\n") { return (head, try await chunks()) }
        let length = head.field("Content-Length").flatMap { Int($0) } ?? 0
        return (head, try await take(length))
    }

    func take(_ count: Int) async throws -> String {
        while received.count < count, try await readMore() {}
        let bytes = unsafe Array(received.bytes.prefix(count))
        received.consume(bytes.count)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func chunks() async throws -> String {
        var body = ""
        while true {
            while !peek().contains("\r\n"), try await readMore() {}
            let line = String(peek().prefix(upTo: peek().range("\r\n").lowerBound))
            received.consume(line.utf8.count + 2)
            guard let size = Int(line, radix: 16) else { return body + "?" }
            let chunk = try await take(size + 2)
            if size == 0 { return body }
            body += chunk.dropLast(1)  // CR LF is one Character.
        }
    }

    func readToEnd() async throws -> String {
        while try await readMore() {}
        return peek()
    }

    func finishSending() { socket.finishWriting() }
    func close() { socket.close() }
    func reset() { socket.reset() }

    private func readMore() async throws -> Bool {
        do { return try await socket.read(into: &received) > 0 } catch { return false }
    }

    private func peek() -> String { unsafe String(decoding: received.bytes, as: UTF8.self) }
}

extension String {
    func range(_ text: String) -> Range<String.Index> {
        let needle = Array(text.unicodeScalars)
        var index = unicodeScalars.startIndex
        while index < unicodeScalars.endIndex {
            if unicodeScalars[index...].starts(with: needle) {
                return index..<unicodeScalars.index(index, offsetBy: needle.count)
            }
            index = unicodeScalars.index(after: index)
        }
        return endIndex..<endIndex
    }

    /// The value of a header field in a head.
    func field(_ name: String) -> String? {
        for line in split(separator: "\r\n") where line.lowercased().hasPrefix(name.lowercased() + ": ") {
            return String(line.dropFirst(name.count + 2))
        }
        return nil
    }

    var status: Int { Int(dropFirst("HTTP/1.1 ".count).prefix(3)) ?? 0 }
}
