internal import TradewindAPI
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindHTTP
internal import TradewindJSON
internal import TradewindLocks

/// What many services say, made one answer.
final class Gathering: Sendable {
    private let neighbours: Neighbours
    private let clockwork: Clockwork
    private let kept = Lock<(until: Duration, document: [UInt8])?>(nil)
    private static let shelfLife = Duration.seconds(10)

    init(_ neighbours: Neighbours, clockwork: Clockwork) { (self.neighbours, self.clockwork) = (neighbours, clockwork) }

    // MARK: One document of all services

    /// - Parameter own: the gateway's own, which comes last.
    func document(with own: JSONValue) async -> Response {
        let now = clockwork.uptime()
        if let kept = kept.withLock({ $0 }), now < kept.until { return .bytes(kept.document, .json) }
        let answers = await neighbours.ask(DocsPage.document)
        let document = Self.merged(answers.compactMap(\.json) + [own]).serialized()
        kept.withLock { $0 = (now + Self.shelfLife, document) }
        return .bytes(document, .json)
    }

    /// Everything is named by path or by schema; what two say of the same name is the same thing, or the first one's.
    static func merged(_ documents: [JSONValue]) -> JSONValue {
        var paths = JSONObject(), components = JSONObject(), tags: [JSONValue] = []
        for document in documents {
            for member in document["paths"]?.object?.members ?? [] where paths[member.name] == nil {
                // What a service says to its neighbours only is nobody else's to ask.
                if !member.name.hasPrefix("/internal/") { paths[member.name] = member.value }
            }
            for kind in document["components"]?.object?.members ?? [] {
                var known = components[kind.name]?.object ?? JSONObject()
                for member in kind.value.object?.members ?? [] where known[member.name] == nil {
                    known[member.name] = member.value
                }
                components[kind.name] = .object(known)
            }
            for tag in document["tags"]?.array ?? [] where !tags.contains(tag) { tags.append(tag) }
        }
        return [
            "openapi": "3.1.0", "info": ["title": "Tradewind", "version": documents.last?["info"]?["version"] ?? "0"],
            "tags": .array(tags), "paths": .object(paths), "components": .object(components),
        ]
    }

    // MARK: Traces

    func traces(_ filter: TraceFilter) async -> Response {
        let limit = min(max(filter.limit ?? 100, 0), 1_000)
        var path = "/internal/traces?limit=\(limit)"
        for (name, value) in [("requestId", filter.requestId), ("service", filter.service)] {
            if let value { path += "&\(name)=" + value.utf8.map(Self.escaped).joined() }
        }
        let answers = await neighbours.ask(path)
        let traces = Self.joined(answers.compactMap(\.json).flatMap { $0.array ?? $0["traces"]?.array ?? [] })
        return .bytes(JSONValue.array(Array(traces.prefix(limit))).serialized(), .json)
    }

    private static func escaped(_ byte: UInt8) -> String {
        let isPlain =
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || UInt8(ascii: "-")...UInt8(ascii: "9") ~= byte
        return isPlain && byte != UInt8(ascii: "/")
            ? String(UnicodeScalar(byte)) : "%" + String(byte | 0, radix: 16).padded
    }

    /// Parts of the same trace become one, whose spans count from its earliest moment; the latest trace first.
    static func joined(_ parts: [JSONValue]) -> [JSONValue] {
        Dictionary(grouping: parts) { $0["traceId"]?.string ?? "" }.values.map(joinedTrace)
            .sorted { $0["start"].double > $1["start"].double }
    }

    private static func joinedTrace(_ parts: [JSONValue]) -> JSONValue {
        guard parts.count > 1, var trace = parts[0].object else { return parts.first ?? .null }
        let start = parts.map { $0["start"].double }.min() ?? 0
        var seen: Set<String> = [], spans: [(at: Double, span: JSONValue)] = [], services: Set<String> = []
        for part in parts {
            services.formUnion(part["services"]?.array?.compactMap(\.string) ?? [])
            for case .object(var span) in part["spans"]?.array ?? [] {
                // Services of one process all tell of its spans.
                guard let id = span["spanId"]?.string, seen.insert(id).inserted else { continue }
                let offset = part["start"].double - start + span["offsetMs"].double
                span["offsetMs"] = .number(rounded: offset)
                spans.append((offset, .object(span)))
            }
        }
        let end = spans.map { $0.at + $0.span["durationMs"].double }.max() ?? 0
        trace["start"] = .number(rounded: start)
        trace["durationMs"] = .number(rounded: end)
        trace["services"] = .array(services.sorted().map { .string($0) })
        trace["requestId"] = parts.lazy.compactMap { $0["requestId"] }.first { !$0.isNull } ?? .null
        trace["isCut"] = .bool(parts.contains { $0["isCut"]?.bool == true })
        trace["spans"] = .array(spans.sorted { $0.at < $1.at }.map(\.span))
        return .object(trace)
    }

    // MARK: Outboxes

    /// Instances of a service share one.
    func outboxes() async throws -> Response {
        let answers = await neighbours.ask("/internal/outbox")
        var services: [JSONValue] = [], missing: [JSONValue] = []
        for (backend, answers) in Dictionary(grouping: answers, by: \.backend).sorted(by: { $0.key.port < $1.key.port })
        {
            if let answer = answers.lazy.compactMap(\.json).first {
                services.append(answer)
            } else {
                missing.append(.string(backend.rawValue))
            }
        }
        let document: JSONValue = ["services": .array(services), "missing": .array(missing)]
        return .bytes(document.serialized(), .json)
    }
}

/// Which traces are wanted.
struct TraceFilter: Decodable, Described, Sendable {
    let requestId: String?, service: String?, limit: Int?

    static var schema: Schema {
        Schema(of: Self.self).with("requestId", .text().summary("As `X-Request-Id` of an answer named it"))
            .with("service", .text().summary("Through which it went"))
            .with("limit", .whole().summary("How many at most; 100 by default, never more than 1,000"))
    }
}

extension JSONValue? {
    fileprivate var double: Double { self?.number?.double ?? 0 }
}

extension JSONValue {
    /// To a microsecond, in milliseconds.
    fileprivate static func number(rounded value: Double) -> JSONValue {
        JSONNumber((value * 1_000).rounded() / 1_000).map { .number($0) } ?? 0
    }
}

extension String {
    fileprivate var padded: String { utf8.count < 2 ? "0" + self : self }
}
