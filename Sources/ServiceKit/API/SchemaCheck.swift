internal import TradewindHTTP
internal import TradewindJSON

extension Schema {
    /// Everything that is wrong with the value, by its place; of very much, the first.
    func faults(of value: JSONValue) -> [Problem.FieldError] {
        var check = SchemaCheck()
        check(value, self, at: "")
        return check.errors
    }
}

private struct SchemaCheck {
    var errors: [Problem.FieldError] = []
    static let most = 100

    private mutating func note(_ field: String, _ code: String, _ message: String) {
        if errors.count < Self.most { errors.append(.init(field: field, code: code, message: message)) }
    }

    mutating func callAsFunction(_ value: JSONValue, _ schema: Schema, at field: String) {
        if value.isNull, schema.isNullable { return }
        switch schema.kind {
        case .anything: break
        case .boolean: if value.bool == nil { note(field, "type", "must be true or false") }
        case .whole(let range): whole(value, range, field)
        case .number(let range, let step): number(value, range, step, field)
        case .text(let text): self.text(value, text, field)
        case .choice(let choices):
            guard let string = value.string else { return note(field, "type", "must be text") }
            if !choices.contains(string) { note(field, "choice", "must be one of \(choices.joined(separator: ", "))") }
        case .list(let element, let count): list(value, element, count, field)
        case .map(let element):
            guard let object = value.object else { return note(field, "type", "must be an object") }
            for member in object.members { self(member.value, element, at: path(field, member.name)) }
        case .object(let properties): object(value, properties, field)
        }
    }

    private func path(_ outer: String, _ name: String) -> String { outer.isEmpty ? name : "\(outer).\(name)" }

    private mutating func whole(_ value: JSONValue, _ range: ClosedRange<Int>?, _ field: String) {
        guard let number = value.number else { return note(field, "type", "must be a whole number") }
        guard let whole: Int = number.integer() else {
            return note(field, "whole", "must be a whole number\(range.map { " between \($0.words)" } ?? "")")
        }
        if let range, !range.contains(whole) { note(field, "range", "must be between \(range.words)") }
    }

    private mutating func number(
        _ value: JSONValue, _ range: ClosedRange<ExactDecimal>?, _ step: ExactDecimal?, _ field: String
    ) {
        guard let number = value.number else { return note(field, "type", "must be a number") }
        let limits = range.map { "must be between \($0.lowerBound) and \($0.upperBound)" }
        guard let decimal = number.decimal else { return note(field, "range", limits ?? "must be a smaller number") }
        if let step, step.scale > 0, decimal.scale > step.scale {
            note(field, "precision", "must have at most \(step.scale) decimals")
        }
        if let range, !range.contains(decimal) { note(field, "range", limits ?? "") }
    }

    private mutating func text(_ value: JSONValue, _ text: Schema.Text, _ field: String) {
        guard let string = value.string else { return note(field, "type", "must be text") }
        if let length = text.length, !length.contains(string.unicodeScalars.count) {
            note(field, "length", "must have \(length.lowerBound) to \(length.upperBound) characters")
        } else if let check = text.check, !check(string) {
            note(field, "format", "must be \(text.expectation ?? text.format ?? "as described")")
        }
    }

    private mutating func list(_ value: JSONValue, _ element: Schema, _ count: ClosedRange<Int>?, _ field: String) {
        guard let array = value.array else { return note(field, "type", "must be a list") }
        if let count, !count.contains(array.count) {
            return note(field, "count", "must have \(count.lowerBound) to \(count.upperBound) entries")
        }
        for (index, entry) in array.enumerated() {
            self(entry, element, at: "\(field)[\(index)]")
            if errors.count >= Self.most { return }
        }
    }

    /// Unknown properties are ignored, as everywhere.
    private mutating func object(_ value: JSONValue, _ properties: [Schema.Property], _ field: String) {
        guard let object = value.object else { return note(field, "type", "must be an object") }
        for property in properties {
            let place = path(field, property.name)
            if let found = object[property.name] {
                self(found, property.schema, at: place)
            } else if property.isRequired {
                note(place, "required", "must be present")
            }
        }
    }
}

extension ClosedRange<Int> {
    fileprivate var words: String { "\(lowerBound) and \(upperBound)" }
}
