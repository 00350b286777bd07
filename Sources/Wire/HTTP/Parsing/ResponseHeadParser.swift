/// Reads response heads for the client (RFC 9112 §4), as strictly as requests are read: a response that could be framed
/// in two ways is refused. The status of a refusal is what a gateway would answer.
package struct ResponseHeadParser: ~Copyable, Sendable {
    package enum Step: Sendable {
        case needMore
        /// A head, made of the first `consumed` bytes. A 1xx is followed by another head.
        case head(ResponseHead, consumed: Int)
        case reject(Rejection)
    }

    private let limits: HeadLimits
    private var lines = HeadLines()
    private var fieldLines = FieldLines(ofRequest: false)
    private var fieldsStart = 0
    private var status = HTTPStatus.ok
    private var version = HTTPVersion.http11
    private var storage: HeadStorage?

    package init(limits: HeadLimits = HeadLimits()) { self.limits = limits }

    /// `bytes` are all that have come since the last head's end; `method` is that of the request answered.
    package mutating func parse(_ bytes: Span<UInt8>, answering method: HTTPMethod) -> Step {
        do throws(Rejection) {
            if fieldsStart == 0 {
                let tooLong = Rejection(.badGateway, "status line too long")
                guard let line = try lines.next(in: bytes, limit: limits.lineBytes, tooLong: tooLong) else {
                    return .needMore
                }
                try readStatusLine(line, of: bytes)
                fieldsStart = lines.start
            }
            let tooLong = Rejection(.badGateway, "header fields too long")
            while let line = try lines.next(in: bytes, limit: fieldsStart + limits.fieldBytes, tooLong: tooLong) {
                if line.isEmpty { return try finish(bytes, method) }
                try fieldLines.add(line, of: bytes, origin: 0, limits: limits)
            }
            return .needMore
        } catch {
            restart()
            return .reject(Rejection(.badGateway, error.reason))
        }
    }

    private mutating func readStatusLine(_ line: Range<Int>, of bytes: Span<UInt8>) throws(Rejection) {
        let codeStart = line.lowerBound + 9
        guard line.count >= 12, bytes.word(at: line.lowerBound) << 8 == UInt64(text: "HTTP/1.") << 8,
            bytes[codeStart - 2].isDigit, bytes[codeStart - 1] == .space,
            let code = bytes.decimal(in: codeStart..<codeStart + 3), 100...599 ~= code,
            line.count == 12 || bytes[codeStart + 3] == .space
        else { throw Rejection(.badGateway, "invalid status line") }
        version = bytes[codeStart - 2] == UInt8(ascii: "0") ? .http10 : .http11
        status = HTTPStatus(UInt16(code))
    }

    private mutating func finish(_ bytes: Span<UInt8>, _ method: HTTPMethod) throws(Rejection) -> Step {
        let flags = fieldLines.flags
        if version == .http10, flags.contains(.chunked) {
            throw Rejection(.badGateway, "Transfer-Encoding in HTTP/1.0")
        }
        let framing = framing(method)
        let isOpen = !flags.contains(.close) && (version == .http11 || flags.contains(.keepAlive))
        let consumed = lines.start
        let storage = HeadStorage.reuse(&storage, bytes: consumed, fields: fieldLines.count)
        fieldLines.withFields { storage.fill(bytes: bytes, in: 0..<consumed, fields: $0) }
        storage.response = ResponseSummary(
            status: status, version: version, framing: framing, keepsAlive: isOpen && framing != .untilClose)
        restart()
        return .head(ResponseHead(storage: storage), consumed: consumed)
    }

    /// RFC 9112 §6.3, in its order.
    private func framing(_ method: HTTPMethod) -> BodyFraming {
        if method == .head || status.forbidsBody { return .none }
        if fieldLines.flags.contains(.chunked) { return .chunked }
        guard fieldLines.flags.contains(.contentLength) else { return .untilClose }
        return fieldLines.contentLength > 0 ? .length(fieldLines.contentLength) : .none
    }

    private mutating func restart() {
        lines = HeadLines()
        fieldLines.removeAll()
        fieldsStart = 0
    }
}

/// A parsed status line and its header fields; the bytes are shared and never change, as in `RequestHead`.
package struct ResponseHead: Sendable {
    let storage: HeadStorage

    package var status: HTTPStatus { storage.response.status }
    package var version: HTTPVersion { storage.response.version }
    package var headers: ReceivedHeaders { ReceivedHeaders(storage: storage) }
    package var framing: BodyFraming { storage.response.framing }
    /// Whether the connection may carry another request once the content has been read.
    package var keepsAlive: Bool { storage.response.keepsAlive }

    package subscript(_ name: HeaderName) -> String? { headers[name] }
    package func has(_ name: HeaderName, token: StaticString) -> Bool { headers.has(name, token: token) }
}
