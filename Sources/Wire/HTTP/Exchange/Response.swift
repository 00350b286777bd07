/// An answer. Its framing (length, chunks, connection) is the server's business, not the handler's.
package struct Response: Sendable {
    package var status: HTTPStatus
    /// Kept apart from the other fields, because nearly every answer has it and few have more.
    package var contentType: ContentType?
    package var headers: HTTPHeaders
    package var body: ResponseBody

    package init(
        _ status: HTTPStatus = .ok, contentType: ContentType? = nil, headers: HTTPHeaders = HTTPHeaders(),
        body: ResponseBody = .empty
    ) {
        (self.status, self.contentType, self.headers, self.body) = (status, contentType, headers, body)
    }

    package static func text(_ text: String, as type: ContentType = .text, status: HTTPStatus = .ok) -> Response {
        Response(status, contentType: type, body: .text(text))
    }

    package static func bytes(_ bytes: [UInt8], _ type: ContentType, status: HTTPStatus = .ok) -> Response {
        Response(status, contentType: type, body: .bytes(bytes))
    }

    /// An answer written while it is made: `length` when it is known, chunks when not.
    package static func stream(
        _ type: ContentType, length: Int? = nil, _ write: @escaping @Sendable (BodyWriter) async throws -> Void
    ) -> Response {
        Response(contentType: type, body: .stream(length: length, write))
    }

    package static let noContent = Response(.noContent)
}

package enum ResponseBody: Sendable {
    case empty
    case text(String)
    case bytes([UInt8])
    case stream(length: Int?, @Sendable (BodyWriter) async throws -> Void)
    /// The connection is handed over after the head, for a protocol that the client asked to upgrade to.
    case upgrade(any Upgrade)
}

/// A protocol that takes a connection over. What it is, the server's module knows.
package protocol Upgrade: Sendable {}

/// Media types that answers have. Compressible ones are worth gzip.
package struct ContentType: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    package let isCompressible: Bool

    package init(_ text: String, isCompressible: Bool) {
        (description, self.isCompressible) = (text, isCompressible)
    }

    package static let text = ContentType("text/plain; charset=utf-8", isCompressible: true)
    package static let json = ContentType("application/json", isCompressible: true)
    package static let problem = ContentType("application/problem+json", isCompressible: true)
    package static let html = ContentType("text/html; charset=utf-8", isCompressible: true)
    package static let events = ContentType("text/event-stream", isCompressible: false)
    package static let binary = ContentType("application/octet-stream", isCompressible: false)
}

/// Where a streamed answer is written. `write` waits when the client is slower than the handler; what was written
/// leaves at the end of the loop's turn at the latest, so nothing need be flushed by hand.
package struct BodyWriter: Sendable {
    private let sink: any BodySink

    package init(_ sink: any BodySink) { self.sink = sink }

    package func write(_ bytes: [UInt8]) async throws { try await sink.write(bytes) }
    package func write(_ text: String) async throws { try await sink.write(Array(text.utf8)) }

    /// Declares an answer without end: whenever nothing was written for `interval` the server writes `bytes`, so that a
    /// client that is gone is noticed, and when the server stops the handler is cancelled.
    package func sustain(with bytes: [UInt8], every interval: Duration) async throws {
        try await sink.sustain(with: bytes, every: interval)
    }
}

package protocol BodySink: AnyObject, Sendable {
    func write(_ bytes: [UInt8]) async throws
    func sustain(with bytes: [UInt8], every interval: Duration) async throws
}

extension BodySink {
    /// Where there is no connection, there is nothing to sustain.
    package func sustain(with bytes: [UInt8], every interval: Duration) async throws {}
}
