package import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON

/// What an event's envelope says.
package struct ReceivedEnvelope: Sendable {
    package let topic: EventName
    /// By which the event is known when it comes again.
    package let id: String
    package let source: String
    package let time: Timestamp?
    /// The request that caused it, in whose trace its handling belongs.
    package internal(set) var request: RequestContext
}

/// An event as a handler gets it.
package struct Received<Event: IntegrationEvent>: Sendable {
    package let event: Event
    package internal(set) var envelope: ReceivedEnvelope

    package var id: String { envelope.id }
    package var request: RequestContext { envelope.request }
}

/// A message that nobody will ever be able to handle: not JSON, of another shape, from the future.
package struct PoisonMessage: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

extension Received {
    /// Larger messages are not looked at: an event tells of ids, money and time.
    package static var mostBytes: Int { 1 << 20 }

    /// Reads CloudEvents 1.0, structured as JSON or in binary mode, whose attributes are headers.
    package init(_ delivery: Delivery) throws(PoisonMessage) {
        guard delivery.body.count <= Self.mostBytes else {
            throw PoisonMessage("\(delivery.body.count) bytes are too many; at most \(Self.mostBytes) are read")
        }
        if delivery.headers["ce_specversion"] == nil {
            let document = try Self.read(StructuredEvent<Event>.self, from: delivery.body)
            try self.init(document.attributes, document.data)
        } else {
            let attributes = try Attributes(delivery.headers)
            try attributes.check(Event.self)
            try self.init(attributes, try Self.read(Event.self, from: delivery.body))
        }
    }

    private static func read<T: Decodable>(_ type: T.Type, from body: [UInt8]) throws(PoisonMessage) -> T {
        do throws(JSONError) {
            return try JSON.decode(T.self, from: body)
        } catch {
            if case .refused(_, by: let poison as PoisonMessage) = error { throw poison }
            throw PoisonMessage("\(error)")
        }
    }

    private init(_ attributes: Attributes, _ event: Event) throws(PoisonMessage) {
        self.event = event
        let trace = attributes.traceparent.flatMap { TraceContext(parent: $0, state: attributes.tracestate) }
        envelope = ReceivedEnvelope(
            topic: Event.name, id: attributes.key, source: attributes.source, time: attributes.time,
            request: RequestContext(
                id: .given(attributes.requestID), caller: .service(attributes.source), trace: trace))
    }
}

/// What a CloudEvent says beside its data.
private struct Attributes: Decodable {
    let specversion: String, id: String, source: String, type: String
    let time: Timestamp?, dataschema: String?, traceparent: String?, tracestate: String?, requestid: String?

    init(_ headers: [String: String]) throws(PoisonMessage) {
        func required(_ name: String) throws(PoisonMessage) -> String {
            guard let value = headers["ce_" + name] else { throw PoisonMessage("the header ce_\(name) is missing") }
            return value
        }
        (specversion, id) = (try required("specversion"), try required("id"))
        (source, type) = (try required("source"), try required("type"))
        time = headers["ce_time"].flatMap { Timestamp($0) }
        dataschema = headers["ce_dataschema"]
        traceparent = headers["ce_traceparent"] ?? headers["traceparent"]
        tracestate = headers["ce_tracestate"] ?? headers["tracestate"]
        requestid = headers["ce_requestid"]
    }

    /// CloudEvents: source and id together name an event. Our ids are unique by themselves.
    var key: String { UUID(id) == nil ? "\(source)#\(id)" : id }

    /// A foreign one may hold anything; it goes into logs and headers.
    var requestID: String {
        let text = requestid ?? id
        return 1...128 ~= text.utf8.count && text.utf8.allSatisfy { 0x21...0x7E ~= $0 } ? text : "unreadable"
    }

    func check<Event: IntegrationEvent>(_: Event.Type) throws(PoisonMessage) {
        guard specversion == "1.0" else { throw PoisonMessage("CloudEvents \(specversion) is not known, only 1.0") }
        guard type == Event.name.description else {
            throw PoisonMessage("the type is \(type), not \(Event.name)")
        }
        guard let dataschema else { return }
        // Older versions can be read: that is what a version is not counted up for.
        let prefix = "\(Event.name)/v"
        guard dataschema.hasPrefix(prefix), let version = Int(dataschema.dropFirst(prefix.count)) else {
            throw PoisonMessage("the schema \(dataschema) is not known")
        }
        guard 1...Event.version ~= version else {
            throw PoisonMessage("version \(version) of \(Event.name) is not known, only up to \(Event.version)")
        }
    }
}

/// The attributes are looked at first: data of an unknown version says nothing.
private struct StructuredEvent<Event: IntegrationEvent>: Decodable {
    let attributes: Attributes, data: Event

    private enum CodingKeys: CodingKey { case data }

    init(from decoder: any Decoder) throws {
        attributes = try Attributes(from: decoder)
        try attributes.check(Event.self)
        data = try decoder.container(keyedBy: CodingKeys.self).decode(Event.self, forKey: .data)
    }
}
