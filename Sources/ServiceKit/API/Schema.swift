package import TradewindJSON

/// What a JSON value must look like: written into the API's document, and held against a body that could not be read,
/// to tell the client everything that is wrong with it.
package struct Schema: Sendable {
    indirect enum Kind: Sendable {
        case anything, boolean
        case whole(ClosedRange<Int>?)
        case number(ClosedRange<ExactDecimal>?, step: ExactDecimal?)
        case text(Text)
        case choice([String])
        case list(Schema, count: ClosedRange<Int>?)
        case object([Property])
        /// An object whose names are not known beforehand.
        case map(Schema)
    }

    package struct Text: Sendable {
        var length: ClosedRange<Int>?
        /// For programs that read the document: a regular expression of ECMA-262.
        var pattern: String?
        var format: String?
        /// What `pattern` and `format` say, in Swift, with the words for a text that is not so.
        var check: (@Sendable (String) -> Bool)?
        var expectation: String?
    }

    struct Property: Sendable {
        let name: String
        var schema: Schema
        var isRequired: Bool
    }

    var kind: Kind
    /// Under which it stands among the document's components; nil for one that is written where it is used.
    var name: String?
    var summary: String?
    var example: JSONValue?
    /// Whether null says the same as a missing value.
    var isNullable = false

    init(_ kind: Kind, name: String? = nil) { (self.kind, self.name) = (kind, name) }
}

extension Schema {
    package static let anything = Schema(.anything)
    package static let boolean = Schema(.boolean)

    package static func whole(_ range: ClosedRange<Int>? = nil) -> Schema { Schema(.whole(range)) }

    package static func number(_ range: ClosedRange<ExactDecimal>? = nil, step: ExactDecimal? = nil) -> Schema {
        Schema(.number(range, step: step))
    }

    /// - Parameter check: what the pattern or the format says, in Swift; `expectation` completes "must be …".
    package static func text(
        _ length: ClosedRange<Int>? = nil, pattern: String? = nil, format: String? = nil, expectation: String? = nil,
        check: (@Sendable (String) -> Bool)? = nil
    ) -> Schema {
        Schema(.text(Text(length: length, pattern: pattern, format: format, check: check, expectation: expectation)))
    }

    package static func choice(_ choices: [String]) -> Schema { Schema(.choice(choices)) }
    package static func list(of schema: Schema, _ count: ClosedRange<Int>? = nil) -> Schema {
        Schema(.list(schema, count: count))
    }
    package static func map(of schema: Schema) -> Schema { Schema(.map(schema)) }

    package func example(_ example: JSONValue) -> Schema {
        var schema = self
        schema.example = example
        return schema
    }

    package func summary(_ summary: String) -> Schema {
        var schema = self
        schema.summary = summary
        return schema
    }

    /// Says more about a property of an object than its type does.
    package func with(_ property: String, _ change: Schema) -> Schema {
        guard case .object(var properties) = kind, let place = properties.firstIndex(where: { $0.name == property })
        else { return self }
        let isNullable = properties[place].schema.isNullable
        properties[place].schema = change
        properties[place].schema.isNullable = isNullable
        var schema = self
        schema.kind = .object(properties)
        return schema
    }
}
