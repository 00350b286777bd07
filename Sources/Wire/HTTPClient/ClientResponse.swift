package import TradewindHTTP

/// A response whose head is here. Its content may still be on its way, and is read no faster than it is taken.
package struct ClientResponse: Sendable {
    package let head: ResponseHead
    package let body: ClientResponseBody
    /// The connection, after a 101 to a request that asked for an upgrade.
    package let upgraded: UpgradedStream?

    init(head: ResponseHead, body: ClientResponseBody, upgraded: UpgradedStream? = nil) {
        (self.head, self.body, self.upgraded) = (head, body, upgraded)
    }

    package var status: HTTPStatus { head.status }
    package var headers: ReceivedHeaders { head.headers }
    package subscript(_ name: HeaderName) -> String? { head[name] }

    /// All of the content.
    package var bytes: [UInt8] {
        get async throws(ClientError) { try await body.collect() }
    }

    /// All of the content as text; what is no UTF-8 becomes U+FFFD.
    package var text: String {
        get async throws(ClientError) { String(decoding: try await body.collect(), as: UTF8.self) }
    }
}

/// The content of a response. Dropped before its end it costs its connection, never anybody's patience.
package struct ClientResponseBody: Sendable {
    private enum Content: Sendable {
        case bytes([UInt8])
        case stream(ContentStream)
        case coded(GzipStream)
    }
    private let content: Content
    private let limit: Int
    /// Known ahead unless it comes in chunks, compressed, or to the connection's end.
    package let length: Int?

    static let empty = ClientResponseBody([], limit: .max)

    init(_ bytes: [UInt8], limit: Int) {
        (content, length, self.limit) = (.bytes(bytes), bytes.count, limit)
    }

    init(_ stream: ContentStream, length: Int?, isCoded: Bool, limit: Int) throws(ClientError) {
        self.limit = limit
        if isCoded {
            (content, self.length) = (.coded(try GzipStream(stream, limit: limit)), nil)
        } else {
            (content, self.length) = (.stream(stream), length)
        }
    }

    /// The content, when all of it came with the head: nothing is left to wait for.
    package var whole: [UInt8]? {
        if case .bytes(let bytes) = content { bytes } else { nil }
    }

    /// All that has not been taken yet, if that is no more than `limit` bytes.
    package func collect(upTo limit: Int? = nil) async throws(ClientError) -> [UInt8] {
        let limit = limit ?? self.limit
        guard length ?? 0 <= limit else { throw .tooLarge(limit: limit) }
        var pieces = pieces(), bytes: [UInt8] = []
        bytes.reserveCapacity(min(length ?? 0, 1 << 20))
        while let piece = try await pieces.next() {
            if bytes.isEmpty, piece.count == length { return piece }
            guard piece.count <= limit - bytes.count else { throw .tooLarge(limit: limit) }
            bytes += piece
        }
        return bytes
    }

    /// The content as it arrives. To be gone through once.
    package func pieces() -> Pieces { Pieces(body: self) }

    package struct Pieces: AsyncSequence, AsyncIteratorProtocol {
        private let body: ClientResponseBody
        private var isOver = false

        fileprivate init(body: ClientResponseBody) { self.body = body }

        package func makeAsyncIterator() -> Pieces { self }

        package mutating func next() async throws(ClientError) -> [UInt8]? {
            switch body.content {
            case .bytes(let bytes):
                if isOver || bytes.isEmpty { return nil }
                isOver = true
                return bytes
            case .stream(let stream): return try await stream.next()
            case .coded(let stream): return try await stream.next()
            }
        }
    }
}
