/// Where the bytes of a body come from while the request is handled.
package protocol BodySource: AnyObject, Sendable {
    /// The next bytes of the body of that exchange, waiting for them; nil at its end.
    func nextChunk(of exchange: UInt32) async throws -> [UInt8]?
    /// The whole rest at once, or a `BodyError.tooLarge`.
    func collect(upTo limit: Int, of exchange: UInt32) async throws -> [UInt8]
}

package enum BodyError: Error, Hashable {
    /// More than the route accepts; carries what it accepts.
    case tooLarge(limit: Int)
    case malformed
    case truncated
    case tooSlow
    /// The request is answered already.
    case over
}

/// The body of a request: taken whole by most routes, in pieces with back-pressure by those that stream.
package struct RequestBody: Sendable {
    private enum Content: Sendable {
        case bytes([UInt8])
        case source(any BodySource, exchange: UInt32, length: Int?)
    }
    private var content: Content
    /// What the client may send at most; a route may say otherwise.
    package var limit: Int

    package static let empty = RequestBody([])

    package init(_ bytes: [UInt8], limit: Int = .max) {
        (content, self.limit) = (.bytes(bytes), limit)
    }

    package init(source: any BodySource, exchange: UInt32, length: Int?, limit: Int) {
        (content, self.limit) = (.source(source, exchange: exchange, length: length), limit)
    }

    /// Known ahead unless the client sends chunks.
    package var length: Int? {
        switch content {
        case .bytes(let bytes): bytes.count
        case .source(_, _, let length): length
        }
    }

    package func collect() async throws -> [UInt8] {
        switch content {
        case .bytes(let bytes): bytes
        case .source(let source, let exchange, _): try await source.collect(upTo: limit, of: exchange)
        }
    }

    package func chunks() -> Chunks { Chunks(body: self) }

    /// The pieces as they arrive. The client is not read further than they are taken.
    package struct Chunks: AsyncSequence, AsyncIteratorProtocol {
        private var body: RequestBody
        private var received = 0

        init(body: RequestBody) { self.body = body }

        package func makeAsyncIterator() -> Chunks { self }

        package mutating func next() async throws -> [UInt8]? {
            switch body.content {
            case .bytes(let bytes):
                body.content = .bytes([])
                return bytes.isEmpty ? nil : bytes
            case .source(let source, let exchange, _):
                guard let chunk = try await source.nextChunk(of: exchange) else { return nil }
                received += chunk.count
                guard received <= body.limit else { throw BodyError.tooLarge(limit: body.limit) }
                return chunk
            }
        }
    }
}
