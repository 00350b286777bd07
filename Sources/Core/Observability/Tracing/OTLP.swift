internal import TradewindCQRS
internal import TradewindJSON

/// Spans in OpenTelemetry's protocol (opentelemetry-proto 1.x, trace/v1 and collector/trace/v1), as an
/// ExportTraceServiceRequest: resources, each a service of ours, with one scope of spans each.
package enum OTLP {
    package static func protobuf(_ spans: [SpanRecord]) -> [UInt8] {
        var request = ProtobufWriter()
        for (service, spans) in byService(spans) {
            request.message(1) { resourceSpans in
                resourceSpans.message(1) { resource in resource.attribute(1, "service.name", service) }
                resourceSpans.message(2) { scope in
                    scope.message(1) { $0.text(1, "tradewind") }
                    for span in spans { scope.message(2) { $0.span(span) } }
                }
            }
        }
        return request.bytes
    }

    /// The JSON form, in which ids are hexadecimal and 64-bit numbers are text.
    package static func json(_ spans: [SpanRecord]) -> [UInt8] {
        let resources = byService(spans).map { service, spans in
            Request.Resource(
                resource: .init(attributes: [.init("service.name", service)]),
                scopeSpans: [.init(scope: .init(name: "tradewind"), spans: spans.map(Request.Span.init))])
        }
        return (try? JSON.encode(Request(resourceSpans: resources))) ?? []
    }

    private static func byService(_ spans: [SpanRecord]) -> [(String, [SpanRecord])] {
        Dictionary(grouping: spans, by: \.service).sorted { $0.key < $1.key }
    }
}

extension SpanRecord {
    /// What is told of a span besides its own fields. Secrets stay here.
    fileprivate var attributes: [LogField] {
        (request.map { [LogField(.requestID, $0)] } ?? []) + fields.filter { !$0.key.isSecret }
    }

    /// STATUS_CODE_ERROR, else unset: that something went well is for its caller to say.
    fileprivate var statusCode: Int? { hasFailed ? 2 : nil }
}

extension ProtobufWriter {
    fileprivate mutating func span(_ span: SpanRecord) {
        bytes(1, UInt64(truncatingIfNeeded: span.traceID >> 64), UInt64(truncatingIfNeeded: span.traceID))
        bytes(2, span.id)
        if let parent = span.parent { bytes(4, parent) }
        text(5, span.name)
        number(6, UInt64(span.kind.rawValue))
        fixed(7, UInt64(bitPattern: span.start))
        fixed(8, UInt64(bitPattern: span.start &+ span.nanoseconds))
        for field in span.attributes { attribute(9, field.key.description, field.value, isNumber: field.isNumber) }
        if let status = span.statusCode { message(15) { $0.number(3, UInt64(status)) } }
    }

    /// A KeyValue.
    fileprivate mutating func attribute(_ field: UInt64, _ key: String, _ value: String, isNumber: Bool = false) {
        message(field) { pair in
            pair.text(1, key)
            pair.message(2) { any in
                if isNumber, let number = Int64(value) {
                    any.number(3, UInt64(bitPattern: number))
                } else {
                    any.text(1, value)
                }
            }
        }
    }
}

/// Only what is needed to write a message (protobuf.dev/programming-guides/encoding).
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func number(_ field: UInt64, _ value: UInt64) {
        varint(field << 3)
        varint(value)
    }

    mutating func fixed(_ field: UInt64, _ value: UInt64) {
        varint(field << 3 | 1)
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
    }

    mutating func text(_ field: UInt64, _ text: String) {
        varint(field << 3 | 2)
        varint(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// Ids, the highest byte first.
    mutating func bytes(_ field: UInt64, _ words: UInt64...) {
        varint(field << 3 | 2)
        varint(UInt64(words.count * 8))
        for word in words {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
    }

    mutating func message(_ field: UInt64, _ body: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        body(&inner)
        varint(field << 3 | 2)
        varint(UInt64(inner.bytes.count))
        bytes += inner.bytes
    }
}

/// The same in JSON.
private struct Request: Encodable {
    struct Resource: Encodable {
        let resource: Attributes
        let scopeSpans: [ScopeSpans]
    }
    struct Attributes: Encodable { let attributes: [Attribute] }
    struct ScopeSpans: Encodable {
        let scope: Scope
        let spans: [Span]
    }
    struct Scope: Encodable { let name: String }
    struct Attribute: Encodable {
        struct Value: Encodable { let stringValue: String?, intValue: String? }
        let key: String, value: Value
        init(_ key: String, _ text: String, isNumber: Bool = false) {
            self.key = key
            value = Value(stringValue: isNumber ? nil : text, intValue: isNumber ? text : nil)
        }
    }
    struct Status: Encodable { let code: Int }
    struct Span: Encodable {
        let traceId: String, spanId: String, parentSpanId: String?
        let name: String, kind: Int
        let startTimeUnixNano: String, endTimeUnixNano: String
        let attributes: [Attribute]
        let status: Status?

        init(_ span: SpanRecord) {
            (traceId, spanId) = (span.traceID.hexadecimal, span.id.hexadecimal)
            parentSpanId = span.parent?.hexadecimal
            (name, kind) = (span.name, span.kind.rawValue)
            (startTimeUnixNano, endTimeUnixNano) = ("\(span.start)", "\(span.start &+ span.nanoseconds)")
            attributes = span.attributes.map { Attribute($0.key.description, $0.value, isNumber: $0.isNumber) }
            status = span.statusCode.map { Status(code: $0) }
        }
    }
    let resourceSpans: [Resource]
}
