/// Reads request heads (RFC 9112 §3, §5): bytes in, heads or a refusal out; no socket, no clock. It refuses at the
/// first byte or line that cannot be part of a request it would serve, and gives the same answer however the bytes are
/// cut.
package struct RequestHeadParser: ~Copyable, Sendable {
    package enum Step: Sendable {
        case needMore
        /// A head, made of the first `consumed` bytes. The parser is ready for the next one.
        case head(RequestHead, consumed: Int)
        /// Answer so and close: what follows cannot be understood.
        case reject(Rejection)
    }

    private let limits: HeadLimits
    private var lines = HeadLines()
    private var fieldLines = FieldLines(ofRequest: true)
    private var requestLine = RequestLine()
    private var origin = 0
    /// Where field lines start; 0 while the request line is awaited.
    private var fieldsStart = 0
    private var storage: HeadStorage?

    package init(limits: HeadLimits = HeadLimits()) { self.limits = limits }

    /// `bytes` are all that have come since the last head's end, from the same first byte on at each call.
    package mutating func parse(_ bytes: Span<UInt8>) -> Step {
        do throws(Rejection) {
            if fieldsStart == 0 {
                guard try readRequestLine(bytes) else { return .needMore }
            }
            let limit = fieldsStart + limits.fieldBytes
            while let line = try lines.next(in: bytes, limit: limit, tooLong: RequestHeadParser.fieldsTooLong) {
                if line.isEmpty { return try finish(bytes) }
                try fieldLines.add(line, of: bytes, origin: origin, limits: limits)
            }
            return .needMore
        } catch {
            restart()
            return .reject(error)
        }
    }

    /// Lets go of memory kept for the next head: for a connection that idles.
    package mutating func releaseMemory() {
        storage = nil
        if fieldsStart == 0 { fieldLines = FieldLines(ofRequest: true) }
    }

    private mutating func readRequestLine(_ bytes: Span<UInt8>) throws(Rejection) -> Bool {
        let tooLong = Rejection(.uriTooLong, "request line too long")
        while let line = try lines.next(in: bytes, limit: origin + limits.lineBytes, tooLong: tooLong) {
            if line.isEmpty {
                // RFC 9112 §2.2: an empty line before a request is forgiven; a stream of them is not.
                origin = lines.start
                guard origin <= 4 else { throw Rejection(.badRequest, "empty lines instead of a request") }
                continue
            }
            requestLine = try RequestLine(line, of: bytes)
            fieldsStart = lines.start
            return true
        }
        return false
    }

    private mutating func finish(_ bytes: Span<UInt8>) throws(Rejection) -> Step {
        let summary = try summarise(bytes)
        let range = origin..<lines.start
        let spare = requestLine.needsNormalising ? requestLine.path.count + 1 : 0
        let storage = HeadStorage.reuse(&storage, bytes: range.count + spare, fields: fieldLines.count)
        fieldLines.withFields { storage.fill(bytes: bytes, in: range, fields: $0) }
        storage.request = summary
        if requestLine.needsNormalising { storage.request.path = PathNormaliser.write(summary.path, into: storage) }
        restart()
        return .head(RequestHead(storage: storage), consumed: range.upperBound)
    }

    /// What only the whole head shows.
    private func summarise(_ bytes: Span<UInt8>) throws(Rejection) -> RequestSummary {
        var flags = fieldLines.flags
        let isLatest = requestLine.version == .http11
        if isLatest, !flags.contains(.host) { throw Rejection(.badRequest, "missing Host") }
        // RFC 9112 §6.1: who says 1.0 does not know chunked, so somebody in between may have framed it otherwise.
        if !isLatest, flags.contains(.chunked) { throw Rejection(.badRequest, "Transfer-Encoding in HTTP/1.0") }
        if let authority = requestLine.authority { try check(authority, of: bytes) }
        if !flags.contains(.close), isLatest || flags.contains(.keepAlive) { flags.insert(.keepsAlive) }
        if !isLatest { flags.remove(.expectsContinue) }
        if isLatest, flags.isSuperset(of: [.connectionUpgrade, .upgrade]) { flags.insert(.wantsUpgrade) }
        return RequestSummary(
            method: requestLine.method.shifted(by: -origin), methodSlot: requestLine.methodSlot,
            version: requestLine.version, flags: flags,
            contentLength: fieldLines.contentLength, target: requestLine.target.shifted(by: -origin),
            path: requestLine.path.shifted(by: -origin), query: requestLine.query?.shifted(by: -origin))
    }

    /// RFC 9112 §3.2.2 lets the target win over Host. We want them equal, so that it cannot matter who asks which.
    private func check(_ authority: Range<Int>, of bytes: Span<UInt8>) throws(Rejection) {
        guard let host = fieldLines.first(.host)?.value else { return }
        let isSame =
            host.count == authority.count
            && host.indices.allSatisfy { index in
                let offset = index - host.lowerBound
                return bytes[origin + index].lowercased == bytes[authority.lowerBound + offset].lowercased
            }
        if !isSame { throw Rejection(.badRequest, "target and Host name different hosts") }
    }

    private mutating func restart() {
        lines = HeadLines()
        fieldLines.removeAll()
        (origin, fieldsStart) = (0, 0)
    }

    private static let fieldsTooLong = Rejection(.requestHeaderFieldsTooLarge, "header fields too long")
}

extension Range<Int> {
    func shifted(by distance: Int) -> Range<Int> { lowerBound + distance..<upperBound + distance }
}
