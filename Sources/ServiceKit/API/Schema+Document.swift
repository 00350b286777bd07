internal import TradewindJSON

extension Schema {
    /// As OpenAPI 3.1 writes it, which is JSON Schema 2020-12. Named schemas are gathered and referred to.
    func document(_ components: inout JSONObject) -> JSONValue {
        guard let name else { return inline(&components) }
        if components[name] == nil {
            components[name] = .null  // in its place, should it hold itself
            components[name] = inline(&components, isDefinition: true)
        }
        let reference: JSONValue = ["$ref": .string("#/components/schemas/\(name)")]
        return isNullable ? ["oneOf": [reference, ["type": "null"]]] : reference
    }

    private func inline(_ components: inout JSONObject, isDefinition: Bool = false) -> JSONValue {
        var object = JSONObject()
        let type = { (name: String) -> JSONValue in
            isNullable && !isDefinition ? [.string(name), "null"] : .string(name)
        }
        switch kind {
        case .anything: break
        case .boolean: object["type"] = type("boolean")
        case .whole(let range):
            object["type"] = type("integer")
            if let range {
                // Beyond 53 bits a reader in JavaScript cannot say where the limit is; there is none in practice.
                if range.lowerBound > -(1 << 53) { object["minimum"] = .number(JSONNumber(range.lowerBound)) }
                if range.upperBound < 1 << 53 { object["maximum"] = .number(JSONNumber(range.upperBound)) }
                if range == Int.min...Int.max { object["format"] = "int64" }
            }
        case .number(let range, let step):
            object["type"] = type("number")
            if let range {
                object["minimum"] = .number(JSONNumber(range.lowerBound))
                object["maximum"] = .number(JSONNumber(range.upperBound))
            }
            if let step { object["multipleOf"] = .number(JSONNumber(step)) }
        case .text(let text):
            object["type"] = type("string")
            if let length = text.length {
                object["minLength"] = .number(JSONNumber(length.lowerBound))
                object["maxLength"] = .number(JSONNumber(length.upperBound))
            }
            if let pattern = text.pattern { object["pattern"] = .string(pattern) }
            if let format = text.format { object["format"] = .string(format) }
        case .choice(let choices):
            object["type"] = type("string")
            object["enum"] = .array(choices.map { .string($0) } + (isNullable && !isDefinition ? [.null] : []))
        case .list(let element, let count):
            object["type"] = type("array")
            object["items"] = element.document(&components)
            if let count {
                object["minItems"] = .number(JSONNumber(count.lowerBound))
                object["maxItems"] = .number(JSONNumber(count.upperBound))
            }
        case .map(let element):
            object["type"] = type("object")
            object["additionalProperties"] = element.document(&components)
        case .object(let properties): describe(properties, type("object"), &object, &components)
        }
        if let summary { object["description"] = .string(summary) }
        if let example { object["examples"] = [example] }
        return .object(object)
    }

    private func describe(
        _ properties: [Property], _ type: JSONValue, _ object: inout JSONObject, _ components: inout JSONObject
    ) {
        object["type"] = type
        var described = JSONObject()
        for property in properties { described[property.name] = property.schema.document(&components) }
        object["properties"] = .object(described)
        let required = properties.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { object["required"] = .array(required) }
    }
}
