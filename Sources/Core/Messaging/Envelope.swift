package import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON

/// An event on its way: CloudEvents 1.0 as structured JSON.
package struct Envelope: Sendable {
    package let id: UUID
    package let topic: EventName
    /// Events of one key stay in order.
    package let key: String
    package let body: [UInt8]
    /// Beside the body. Events of ours have none: what there is to say stands in the body.
    package let headers: [String: String]

    package init(id: UUID, topic: EventName, key: String, body: [UInt8], headers: [String: String] = [:]) {
        (self.id, self.topic, self.key, self.body, self.headers) = (id, topic, key, body, headers)
    }

    /// - Parameter source: the service that says so.
    package init<Event: IntegrationEvent>(
        _ event: Event, id: UUID, source: String, at time: Timestamp, for request: RequestContext
    ) throws {
        let document = Document(
            id: id, source: source, type: Event.name.description, time: time, subject: event.subject,
            dataschema: "\(Event.name)/v\(Event.version)", traceparent: request.trace?.parent,
            tracestate: request.trace?.state, requestid: request.id.description, data: event)
        self.init(id: id, topic: Event.name, key: event.subject, body: try JSON.encode(document))
    }

    /// An event whose data only its sender knows.
    package init(
        _ data: some Encodable, to topic: EventName, key: String, id: UUID, source: String, at time: Timestamp,
        for request: RequestContext
    ) throws {
        let document = Document(
            id: id, source: source, type: topic.description, time: time, subject: key, dataschema: nil,
            traceparent: request.trace?.parent, tracestate: request.trace?.state, requestid: request.id.description,
            data: data)
        self.init(id: id, topic: topic, key: key, body: try JSON.encode(document))
    }

    private struct Document<Event: Encodable>: Encodable {
        let specversion = "1.0"
        let id: UUID, source: String, type: String, time: Timestamp, subject: String
        let datacontenttype = "application/json"
        let dataschema: String?, traceparent: String?, tracestate: String?, requestid: String
        let data: Event
    }
}
