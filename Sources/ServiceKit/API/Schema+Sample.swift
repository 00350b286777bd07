internal import TradewindJSON

extension Schema {
    /// A value that fits: the example, or the simplest one. For the document, and for learning a type by decoding it.
    var sample: JSONValue {
        if let example { return example }
        switch kind {
        case .anything: return .object(JSONObject())
        case .boolean: return true
        case .whole(let range): return .number(JSONNumber(range.map { 1.clamped(to: $0) } ?? 1))
        case .number(let range, _): return .number(JSONNumber(range?.lowerBound ?? .zero))
        case .text(let text): return .string(String(repeating: "a", count: text.length?.lowerBound ?? 0))
        case .choice(let choices): return .string(choices.first ?? "")
        case .list(let element, let count):
            return .array(Array(repeating: element.sample, count: max(1, count?.lowerBound ?? 1)))
        case .map: return .object(JSONObject())
        case .object(let properties):
            var object = JSONObject()
            for property in properties where property.isRequired { object[property.name] = property.schema.sample }
            return .object(object)
        }
    }
}

extension Int {
    fileprivate func clamped(to range: ClosedRange<Int>) -> Int {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
