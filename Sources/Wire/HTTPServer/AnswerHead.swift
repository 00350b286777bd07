internal import TradewindHTTP
internal import TradewindReactor

/// How an answer is framed and what becomes of the connection.
struct AnswerPlan {
    enum Framing: Equatable { case none, length(Int), chunked, untilClose }
    var framing = Framing.none
    var keepsAlive: Bool
    let isHTTP10: Bool
    let id: RequestID
    /// HEAD, 204, 304: the fields of the body without the body.
    let omitsBody: Bool

    init(keepsAlive: Bool, isHTTP10: Bool, id: RequestID, omitsBody: Bool) {
        (self.keepsAlive, self.isHTTP10, self.id, self.omitsBody) = (keepsAlive, isHTTP10, id, omitsBody)
    }

    /// Not an initialiser, which would take copies of what it is told.
    static func of(_ response: Response, to request: Request, keepsAlive: Bool) -> AnswerPlan {
        AnswerPlan(
            keepsAlive: keepsAlive, isHTTP10: request.head.version.isHTTP10, id: request.id,
            omitsBody: request.head.method.isHead || response.status.forbidsBody)
    }

    func with(_ framing: Framing) -> AnswerPlan {
        var plan = self
        plan.framing = framing
        return plan
    }
}

extension HTTPConnection {
    func writeHead(_ response: Response, _ plan: AnswerPlan) {
        let standing = server.standingFields
        withOutput { output in
            output.append(response.status)
            let own = output.append(response.headers)
            output.append(standing, except: own)
            output.append(plan.id)
            if let type = response.contentType {
                output.append("\r\nContent-Type: ")
                output.append(type.description.utf8Span.span)
            }
            if !response.status.forbidsBody { output.append(plan.framing) }
            output.append(connectionOf: plan, namesUpgrade: own.contains(.upgrade))
            output.append("\r\n\r\n")
        }
    }
}

/// Standing fields that a handler may set itself, and then has the only say about.
struct OwnFields: OptionSet {
    let rawValue: UInt8
    static let date = OwnFields(rawValue: 1), contentTypeOptions = OwnFields(rawValue: 2)
    static let frameOptions = OwnFields(rawValue: 4), referrerPolicy = OwnFields(rawValue: 8)
    static let upgrade = OwnFields(rawValue: 16)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ headers: HTTPHeaders) {
        self = []
        if headers.contains(.date) { insert(.date) }
        if headers.contains(.xContentTypeOptions) { insert(.contentTypeOptions) }
        if headers.contains(.xFrameOptions) { insert(.frameOptions) }
        if headers.contains(.referrerPolicy) { insert(.referrerPolicy) }
        if headers.contains(.upgrade) { insert(.upgrade) }
    }
}

extension ByteBuffer {
    fileprivate mutating func append(_ status: HTTPStatus) {
        if status == .ok { return append("HTTP/1.1 200 OK") }
        append("HTTP/1.1 ")
        append(decimal: Int(status.code))
        append(" ")
        append(status.reasonPhrase)
    }

    /// Writes the handler's own fields and returns which standing ones are among them. Framing is not a handler's to
    /// say.
    fileprivate mutating func append(_ headers: HTTPHeaders) -> OwnFields {
        if headers.isEmpty { return [] }
        var headers = headers
        headers.remove(Self.notAHandlers)
        headers.withLines { lines in
            append("\r\n")
            append(lines)
        }
        return OwnFields(headers)
    }

    private static let notAHandlers: HeaderNames = [
        .contentLength, .transferEncoding, .connection, .keepAlive, .xRequestID,
    ]

    fileprivate mutating func append(_ standing: StandingFields, except own: OwnFields) {
        if own.isEmpty { return append(standing.bytes.span) }
        if !own.contains(.date) { append(standing.date.span) }
        if !own.contains(.contentTypeOptions) { append(StandingFields.contentTypeOptions) }
        if !own.contains(.frameOptions) { append(StandingFields.frameOptions) }
        if !own.contains(.referrerPolicy) { append(StandingFields.referrerPolicy) }
    }

    fileprivate mutating func append(_ id: RequestID) {
        append("\r\nX-Request-Id: ")
        switch id {
        case .given(let text): append(text.utf8Span.span)
        case .made(let high, let low):
            let text = RequestID.text(high: high, low: low)
            append(text.span)
        }
    }

    fileprivate mutating func append(_ framing: AnswerPlan.Framing) {
        switch framing {
        case .none, .untilClose: break
        case .chunked: append("\r\nTransfer-Encoding: chunked")
        case .length(let length):
            append("\r\nContent-Length: ")
            append(decimal: length)
        }
    }

    /// RFC 9110 §7.8: an Upgrade field, be it of a 101 or a 426, is named in Connection too.
    fileprivate mutating func append(connectionOf plan: AnswerPlan, namesUpgrade: Bool) {
        switch (namesUpgrade, plan.keepsAlive) {
        case (true, true): append("\r\nConnection: Upgrade")
        case (true, false): append("\r\nConnection: Upgrade, close")
        case (false, false): append("\r\nConnection: close")
        case (false, true): if plan.isHTTP10 { append("\r\nConnection: keep-alive") }
        }
    }

    mutating func append(decimal number: Int) { append(digits: UInt(number), base: 10) }

    /// A chunk's size line.
    mutating func append(chunkOf count: Int) {
        append(digits: UInt(count), base: 16)
        append("\r\n")
    }

    private mutating func append(digits number: UInt, base: UInt) {
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var rest = number
        var start = 20
        repeat {
            start -= 1
            let digit = UInt8(truncatingIfNeeded: rest % base)
            digits[start] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            rest /= base
        } while rest > 0
        append(digits.span.extracting(droppingFirst: start))
    }
}
