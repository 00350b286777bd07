package import TradewindCQRS
internal import TradewindDomain

/// One line: a JSON object, or text for people, with colours on a terminal. Written straight into the
extension LineBuffer {
    private var isJSON: Bool { style.format == .json }

    package mutating func begin(
        _ style: LogStyle, _ level: LogLevel, _ service: String, _ microseconds: Int64, _ id: CorrelationID?,
        _ trace: TraceContext?
    ) {
        (self.style, request) = (style, style.format == .json ? nil : id)
        guard isJSON else { return beginText(level, service, microseconds) }
        append("{\"time\":\"")
        append(time: microseconds)
        append("\",\"level\":\"")
        append(level.word)
        append("\",\"service\":\"")
        appendEscaped(service)
        if let id {
            append("\",\"requestId\":\"")
            append(id)
        }
        if let trace {
            append("\",\"traceId\":\"")
            append(trace)
            append("\",\"spanId\":\"")
            append(hexadecimal: trace.spanID)
        }
        append(UInt8(ascii: "\""))
    }

    private mutating func append(_ id: CorrelationID) {
        switch id {
        case .made(let id): append(uuid: id.high, id.low)
        case .given(let text): appendEscaped(text)
        }
    }

    private mutating func append(_ trace: TraceContext) {
        append(hexadecimal: UInt64(truncatingIfNeeded: trace.traceID >> 64))
        append(hexadecimal: UInt64(truncatingIfNeeded: trace.traceID))
    }

    private mutating func beginText(_ level: LogLevel, _ service: String, _ microseconds: Int64) {
        colour("2")
        append(clock: microseconds)
        colour(level.colour)
        append(level.column)
        colour("36")
        append(service)
        colour("0")
    }

    private mutating func colour(_ code: StaticString) {
        guard style.hasColour else { return }
        append("\u{1B}[0;")
        append(code)
        append("m")
    }

    package mutating func stream(_ name: StaticString) {
        if isJSON { text("stream", name) }
    }

    package mutating func message(_ message: StaticString) {
        if isJSON { return text("msg", message) }
        append("  ")
        append(message)
    }

    package mutating func field(_ field: LogField) {
        if isJSON {
            append(",\"")
            appendEscaped(field.key.description)
            append("\":")
        } else {
            append(" ")
            colour("2")
            append(field.key.description)
            append("=")
            colour("0")
        }
        if field.key.isSecret { return append(isJSON ? "\"•••\"" : "•••") }
        let isBare = field.isNumber || !isJSON && !field.value.utf8.contains(UInt8(ascii: " "))
        if !isBare { append(UInt8(ascii: "\"")) }
        appendEscaped(field.value)
        if !isBare { append(UInt8(ascii: "\"")) }
    }

    /// The name and the text are ours, so nothing in them needs an escape.
    private mutating func text(_ name: StaticString, _ value: StaticString) {
        append(",\"")
        append(name)
        append("\":\"")
        append(value)
        append(UInt8(ascii: "\""))
    }

    mutating func access(
        _ style: LogStyle, _ answer: AccessEntry, _ place: AccessPlace, _ path: Swift.Span<UInt8>,
        _ microseconds: Int64
    ) {
        guard style.format == .json else {
            begin(style, place.level, place.service, microseconds, answer.request, nil)
            accessText(answer, place.method, path)
            return end()
        }
        append("{\"time\":\"")
        append(time: microseconds)
        append(place.head)
        append(answer.request)
        append("\",\"traceId\":\"")
        append(answer.trace)
        append("\",\"spanId\":\"")
        append(hexadecimal: answer.trace.spanID)
        append(place.middle)
        appendEscaped(path)
        append("\",\"status\":")
        append(answer.status)
        if let bytes = answer.bytes {
            append(",\"bytes\":")
            append(bytes)
        }
        append(",\"ms\":")
        append(milliseconds: answer.nanoseconds)
        append("}\n")
    }

    private mutating func accessText(_ answer: AccessEntry, _ method: String, _ path: Swift.Span<UInt8>) {
        append("  ")
        append(method)
        append(" ")
        appendEscaped(path)
        append(" ")
        colour(answer.status >= 500 ? "31" : answer.status >= 400 ? "33" : "32")
        append(answer.status)
        colour("0")
        append(" ")
        append(milliseconds: answer.nanoseconds)
        append(" ms")
    }

    package mutating func end() {
        if isJSON { return append("}\n") }
        if let request {
            colour("2")
            append("  ")
            append(request)
            colour("0")
        }
        append("\n")
    }
}

extension LogLevel {
    /// All as wide as the widest.
    fileprivate var column: StaticString {
        switch self {
        case .trace: "  TRACE  "
        case .debug: "  DEBUG  "
        case .info: "  INFO   "
        case .warning: "  WARN   "
        case .error: "  ERROR  "
        }
    }

    fileprivate var colour: StaticString {
        switch self {
        case .trace, .debug: "2"
        case .info: "32"
        case .warning: "33"
        case .error: "1;31"
        }
    }
}
