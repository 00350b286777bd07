internal import TradewindHTTP
internal import TradewindReactor

/// Below this, gzip saves less than a packet and costs more than the sending.
let compressionThreshold = 1024
/// Up to this, compressing takes a fraction of a millisecond, less than going to a worker and back on a busy machine.
private let inlineLimit = 16 * 1024

extension HTTPConnection {
    /// The response, gzip-coded if it is worth that and the client reads it; and marked as depending on what the client
    /// reads, if it does (RFC 9110 §12.5.5). HEAD is treated as GET, so that it says what GET would have said.
    func compressed(_ response: Response, for request: Request) async -> Response {
        guard response.isWorthCompressing else { return response }
        var response = response
        response.headers.addVary("Accept-Encoding")
        guard request.head.headers.acceptsGzip, let coded = await gzip(response.body), coded.count < response.body.count
        else { return response }
        response.body = .bytes(coded)
        response.headers[.contentEncoding] = "gzip"
        // Another coding is another representation, so the strong tag is no longer true of it (RFC 9110 §8.8.3.3).
        if let field = response.headers[.etag], let tag = EntityTag(field: field), !tag.isWeak {
            response.headers[.etag] = "W/" + field
        }
        return response
    }

    private func gzip(_ body: ResponseBody) async -> [UInt8]? {
        if body.count <= inlineLimit { return body.withBytes { server.tools.gzip($0) } ?? nil }
        return try? await server.workers?.run { try body.withBytes { try TradewindHTTP.gzip($0) } } ?? nil
    }
}

extension Response {
    fileprivate var isWorthCompressing: Bool {
        body.count >= compressionThreshold && contentType?.isCompressible == true && !status.forbidsBody
            && status != .partialContent && !headers.contains(.contentEncoding)
            && headers[.cacheControl]?.contains("no-transform") != true
    }
}

extension ResponseBody {
    /// How many bytes are there already.
    fileprivate var count: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        case .empty, .stream, .upgrade: 0
        }
    }

    fileprivate func withBytes<Result>(_ body: (Span<UInt8>) throws -> Result) rethrows -> Result? {
        switch self {
        case .text(let text): try body(text.utf8Span.span)
        case .bytes(let bytes): try body(bytes.span)
        case .empty, .stream, .upgrade: nil
        }
    }
}
