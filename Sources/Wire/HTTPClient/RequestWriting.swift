internal import TradewindHTTP
internal import TradewindReactor

extension ByteBuffer {
    /// The request's head, and its body when that is at hand and small. Returns what is left to be sent.
    mutating func append(_ request: ClientRequest) -> UnsentBody {
        let body = request.unsentBody
        let room = request.headBytes
        write(upTo: room) { output in
            output.appendRequestLine(request.method, target: request.target)
            output.appendHost(of: request)
            if let forwarded = request.forwarded {
                output.append(forwarded.headers, dropping: forwarded.drops)
            }
            if request.headers.mayContain(oursToWrite) {
                for field in request.headers where !oursToWrite.contains(field.name) {
                    output.appendField(field.name, field.value)
                }
            } else {
                output.append(request.headers)
            }
            if request.decompresses, !request.headers.contains(.acceptEncoding) {
                output.append("Accept-Encoding: gzip\r\n")
            }
            if let upgrade = request.upgrade {
                output.append("Connection: Upgrade\r\n")
                output.appendField(.upgrade, upgrade)
            }
            output.appendFraming(body, of: request.method)
            output.append("\r\n")
        }
        guard case .bytes(let bytes) = body, bytes.count <= BufferPool.size / 2 else { return body }
        append(bytes.span)
        return .nothing
    }
}

/// What has not left with the head.
enum UnsentBody {
    case nothing
    case bytes(ArraySlice<UInt8>)
    case stream(length: Int?, @Sendable (BodyWriter) async throws -> Void)
}

extension ClientRequest {
    fileprivate var unsentBody: UnsentBody {
        switch body {
        case .none: .nothing
        case .bytes(let bytes): .bytes(bytes[...])
        case .stream(let length, let produce): .stream(length: length, produce)
        }
    }

    /// At least what the head takes. The fields that we add ourselves are below the constant.
    fileprivate var headBytes: Int {
        method.lineByteCount(target: target) + origin.authority.utf8.count + headers.byteCount
            + (forwarded?.headers.byteCount ?? 0) + (upgrade?.utf8.count ?? 0) + 160
    }
}

/// Fields about the connection, which end where it ends (RFC 9110 §7.6.1), and those that only we may write:
/// a second Content-Length or Host would be read in two ways.
private let oursToWrite: HeaderNames = [
    .connection, .keepAlive, .transferEncoding, .contentLength, .te, .trailer, .upgrade, .expect, .host,
]

extension OutputRawSpan {
    fileprivate mutating func appendHost(of request: ClientRequest) {
        append("Host: ")
        if request.headers.isEmpty {
            append(request.origin.authority)
        } else {
            append(request.headers[.host] ?? request.origin.authority)
        }
        append("\r\n")
    }

    fileprivate mutating func appendFraming(_ body: UnsentBody, of method: HTTPMethod) {
        switch body {
        case .nothing:
            // RFC 9110 §8.6: such methods expect content, so its absence is said.
            if method == .post || method == .put || method == .patch { append("Content-Length: 0\r\n") }
        case .bytes(let bytes): appendLength(bytes.count)
        case .stream(let length?, _): appendLength(length)
        case .stream(nil, _): append("Transfer-Encoding: chunked\r\n")
        }
    }

    private mutating func appendLength(_ count: Int) {
        append("Content-Length: ")
        append(decimal: count)
        append("\r\n")
    }
}
