internal import TradewindHTTP
internal import TradewindJSON

/// The JSON of a body as a value. What cannot be read is looked at a second time, slowly, to say all that is wrong.
enum BodyReader {
    static func read<Body: Decodable>(_ type: Body.Type, from request: Request) async throws -> Body {
        if let field = request[.contentType], MediaType(field)?.isJSON != true {
            throw Problem(.unsupportedMediaType, detail: "the body must be application/json")
        }
        let bytes = try await request.body.collect()
        do throws(JSONError) {
            return try JSON.decode(type, from: bytes)
        } catch {
            if case .malformed(let fault) = error { throw Problem(.badRequest, detail: fault.description) }
            throw Problem(faults: faults(of: bytes, .of(type)), else: error)
        }
    }

    private static func faults(of bytes: [UInt8], _ schema: Schema) -> [Problem.FieldError] {
        (try? JSONValue.parse(bytes)).map { schema.faults(of: $0) } ?? []
    }
}

/// The query of a URL as a value: written as the JSON that the type would be, and read from that.
struct QueryReader<Query: Decodable & Sendable>: Sendable {
    private let schema = Schema.of(Query.self)

    func read(_ request: Request) throws -> Query {
        let json = try value(of: request.head.queryItems)
        do throws(JSONError) {
            return try JSON.decode(Query.self, from: json.serialized())
        } catch {
            throw Problem(faults: schema.faults(of: json), else: error)
        }
    }

    private func value(of items: QueryItems) throws -> JSONValue {
        var object = JSONObject()
        guard case .object(let properties) = schema.kind else { return .object(object) }
        for property in properties {
            let texts = items.all(property.name)
            if case .list(let element, _) = property.schema.kind {
                if !texts.isEmpty { object[property.name] = .array(texts.map { value($0, of: element) }) }
                continue
            }
            guard texts.count < 2 else {
                let error = Problem.FieldError(field: property.name, code: "count", message: "must be given once")
                throw Problem(.badRequest, errors: [error])
            }
            if let text = texts.first { object[property.name] = value(text, of: property.schema) }
        }
        return .object(object)
    }

    /// A text stays one where it does not fit, and is complained of.
    private func value(_ text: String, of schema: Schema) -> JSONValue {
        switch schema.kind {
        case .boolean: text == "true" ? true : text == "false" ? false : .string(text)
        case .whole, .number: JSONNumber(text).map { .number($0) } ?? .string(text)
        default: .string(text)
        }
    }
}

extension Problem {
    /// The schema may be more patient than the type; then the type's own complaint is what there is.
    fileprivate init(faults: [FieldError], else error: JSONError) {
        let fault = error.fault
        let own = FieldError(field: fault.path, code: fault.code.rawValue, message: fault.message)
        self.init(.badRequest, detail: "the request is not as it must be", errors: faults.isEmpty ? [own] : faults)
    }
}
