package import TradewindCQRS

/// Something that took time within a trace, once it is over.
package struct SpanRecord: Sendable {
    /// The numbers are OTLP's.
    package enum Kind: Int, Sendable { case `internal` = 1, server, client, producer, consumer }

    package let traceID: UInt128
    package let id: UInt64
    /// Nil for the first of a trace.
    package let parent: UInt64?
    package let service: String, name: String
    package let kind: Kind
    /// Nanoseconds since 1970, and from there.
    package let start: Int64, nanoseconds: Int64
    package let hasFailed: Bool
    package let request: CorrelationID?
    package let fields: [LogField]

    package init(
        _ trace: TraceContext, parent: UInt64?, service: String, name: String, kind: Kind, start: Int64,
        nanoseconds: Int64, hasFailed: Bool = false, request: CorrelationID? = nil, fields: [LogField] = []
    ) {
        (traceID, id, self.parent) = (trace.traceID, trace.spanID, parent)
        (self.service, self.name, self.kind, self.start, self.nanoseconds) = (service, name, kind, start, nanoseconds)
        (self.hasFailed, self.request, self.fields) = (hasFailed, request, fields)
    }
}
