extension Response {
    /// Server-Sent Events (WHATWG HTML §9.2): an answer that goes on until the handler returns, the client leaves or
    /// the server stops, which both cancel it. A browser connects again by itself and says what it saw last
    /// (`request.lastEventID`).
    package static func events(
        heartbeat: Duration = .seconds(15), _ produce: @escaping @Sendable (EventStream) async throws -> Void
    ) -> Response {
        // Proxies must neither keep nor collect what is to be seen at once.
        Response(
            contentType: .events, headers: [.cacheControl: "no-store", .xAccelBuffering: "no"],
            body: .stream(length: nil) { body in
                try await body.sustain(with: [UInt8(ascii: ":"), .lineFeed, .lineFeed], every: heartbeat)
                try await produce(EventStream(body))
            })
    }
}

extension Request {
    /// The id of the last event that an event stream's client saw before it lost the connection.
    package var lastEventID: String? { self[.lastEventID] }
}

package struct EventStream: Sendable {
    package struct Event: Sendable, Hashable {
        package var id: String?
        /// Its type; `message` without one.
        package var event: String?
        package var data: String
        /// How long the client waits before it connects again.
        package var retry: Duration?

        package init(id: String? = nil, event: String? = nil, data: String, retry: Duration? = nil) {
            (self.id, self.event, self.data, self.retry) = (id, event, data, retry)
        }
    }

    private let body: BodyWriter

    package init(_ body: BodyWriter) { self.body = body }

    /// Waits while the client is slower than its events.
    package func send(_ event: Event) async throws { try await body.write(event.bytes) }

    package func send(_ data: String) async throws { try await send(Event(data: data)) }
}

extension EventStream.Event {
    /// As it travels. Line ends in `data` make a field each, which the client joins again; in `id` and `event` they
    /// would forge fields, so they are left out, and so is NUL, for which a client ignores the whole id.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.utf8.count + 64)
        if let event { bytes.append(field: "event: ", event.utf8.filter { !$0.endsField }) }
        if let id { bytes.append(field: "id: ", id.utf8.filter { !$0.endsField }) }
        if let retry { bytes.append(field: "retry: ", "\(max(0, retry.milliseconds))".utf8) }
        var isAfterReturn = false
        bytes.append(contentsOf: "data: ".utf8)
        for byte in data.utf8 {
            if byte == .carriageReturn || byte == .lineFeed && !isAfterReturn {
                bytes.append(contentsOf: "\ndata: ".utf8)
            } else if byte != .lineFeed {
                bytes.append(byte)
            }
            isAfterReturn = byte == .carriageReturn
        }
        bytes.append(contentsOf: [.lineFeed, .lineFeed])
        return bytes
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds.multipliedReportingOverflow(by: 1_000).partialValue
            &+ components.attoseconds / 1_000_000_000_000_000
    }
}

extension UInt8 {
    fileprivate var endsField: Bool { self == .lineFeed || self == .carriageReturn || self == 0 }
}

extension [UInt8] {
    fileprivate mutating func append(field name: StaticString, _ value: some Sequence<UInt8>) {
        append(contentsOf: name.description.utf8)
        append(contentsOf: value)
        append(.lineFeed)
    }
}
