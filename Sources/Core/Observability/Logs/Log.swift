package import TradewindCQRS
package import TradewindDomain

/// Where a service says what happens:
///
///     log.warning("the broker is away", [LogField(.attempt, attempt)])
///
/// A message is a literal, so nothing can slip into it; what varies is a field, under a name of the closed vocabulary.
/// Which request it belongs to is known.
package struct Log: Sendable {
    package let service: String
    package let style: LogStyle
    private let queue: LogQueue
    private let now: @Sendable () -> Timestamp

    package init(service: String, style: LogStyle, queue: LogQueue, now: @escaping @Sendable () -> Timestamp) {
        (self.service, self.style, self.queue, self.now) = (service, style, queue, now)
    }

    /// The same log, in another service's name.
    package func named(_ service: String) -> Log { Log(service: service, style: style, queue: queue, now: now) }

    package func writes(_ level: LogLevel) -> Bool { level >= style.level }

    package func debug(_ message: StaticString, _ fields: @autoclosure () -> [LogField] = []) {
        write(.debug, message, fields)
    }
    package func info(_ message: StaticString, _ fields: @autoclosure () -> [LogField] = []) {
        write(.info, message, fields)
    }
    package func warning(_ message: StaticString, _ fields: @autoclosure () -> [LogField] = []) {
        write(.warning, message, fields)
    }
    package func error(_ message: StaticString, _ fields: @autoclosure () -> [LogField] = []) {
        write(.error, message, fields)
    }

    private func write(_ level: LogLevel, _ message: StaticString, _ fields: () -> [LogField]) {
        guard writes(level) else { return }
        let (scope, fields) = (Scope.current, fields())
        add(level, scope?.request, scope?.trace) { line in
            line.message(message)
            for field in fields { line.field(field) }
        }
    }

    /// For a request that is known but is not the current one.
    package func error(
        _ message: StaticString, _ fields: [LogField], in request: CorrelationID, _ trace: TraceContext? = nil
    ) {
        guard writes(.error) else { return }
        add(.error, request, trace) { line in
            line.message(message)
            for field in fields { line.field(field) }
        }
    }

    /// Who did what. Written whatever the level is, and told apart by its `stream`.
    package func audit(_ entry: AuditEntry) {
        add(.info, entry.request, Scope.current?.trace, at: entry.at) { line in
            line.stream("audit")
            line.message("command")
            line.field(LogField(.command, entry.command))
            line.field(LogField(.caller, entry.caller))
            line.field(LogField(.outcome, entry.outcome.rawValue))
            for field in entry.fields { line.field(field) }
        }
    }

    /// One line for a request that was answered. `path` is the one that was routed, without the query, in which there
    /// may be secrets.
    package func access(_ answer: AccessEntry, _ place: AccessPlace, path: Swift.Span<UInt8>) {
        let (time, style) = (now().microseconds, style)  // a closure over `self` would copy all of it
        queue.add(.ownThread, isUrgent: false) { buffer in buffer.access(style, answer, place, path, time) }
    }

    private func add(
        _ level: LogLevel, _ request: CorrelationID?, _ trace: TraceContext?, at time: Timestamp? = nil,
        _ body: (inout LineBuffer) -> Void
    ) {
        let time = time ?? now()
        queue.add(.inOrder, isUrgent: level >= .warning) { buffer in
            buffer.begin(style, level, service, time.microseconds, request, trace)
            body(&buffer)
            buffer.end()
        }
    }
}

/// How lines look, and which are written.
package struct LogStyle: Sendable {
    package let level: LogLevel
    package let format: LogFormat
    package let hasColour: Bool

    package init(level: LogLevel, format: LogFormat, hasColour: Bool = false) {
        (self.level, self.format, self.hasColour) = (level, format, hasColour)
    }
}

/// What is told about a request that was answered.
package struct AccessEntry: Sendable {
    package let request: CorrelationID
    package let trace: TraceContext
    package let status: Int
    package let nanoseconds: Int
    /// Of the answer's content, when that is known.
    package let bytes: Int?

    package init(request: CorrelationID, trace: TraceContext, status: Int, nanoseconds: Int, bytes: Int?) {
        (self.request, self.trace, self.status, self.nanoseconds) = (request, trace, status, nanoseconds)
        self.bytes = bytes
    }
}

/// What is the same in all access lines of a route. The line is half made of it, so it is put into words once.
package final class AccessPlace: Sendable {
    package let level: LogLevel
    let service: String, method: String
    /// From the time to the request's id, and from the span's id to the path.
    let head: [UInt8], middle: [UInt8]

    package init(level: LogLevel = .info, service: String, method: String, route: String) {
        (self.level, self.service, self.method) = (level, service, method)
        head = Self.text { line in
            line.append("\",\"level\":\"")
            line.append(level.word)
            line.append("\",\"service\":\"")
            line.appendEscaped(service)
            line.append("\",\"requestId\":\"")
        }
        middle = Self.text { line in
            line.append("\",\"stream\":\"access\",\"msg\":\"request\",\"method\":\"")
            line.appendEscaped(method)
            line.append("\",\"route\":\"")
            line.appendEscaped(route)
            line.append("\",\"path\":\"")
        }
    }

    private static func text(_ body: (inout LineBuffer) -> Void) -> [UInt8] {
        var line = LineBuffer()
        body(&line)
        return line.text
    }
}

extension LogKey {
    package static let requestID = LogKey("request.id")
    package static let command = LogKey("command")
    package static let caller = LogKey("caller")
    package static let outcome = LogKey("outcome")
    package static let error = LogKey("error")
    package static let address = LogKey("address")
    package static let count = LogKey("count")
    package static let reason = LogKey("reason")
    package static let part = LogKey("part")
    package static let setting = LogKey("setting")
    package static let upstream = LogKey("upstream")
}
