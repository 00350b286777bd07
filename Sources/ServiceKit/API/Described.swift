internal import TradewindCQRS
package import TradewindDomain
package import TradewindJSON

/// A type that knows what its JSON looks like. Types of bodies and answers need not: their properties are learnt from
/// how they are decoded. They conform to say more, a range, an example:
///
///     extension PlaceOrder: Described {
///         static var schema: Schema {
///             Schema(of: Self.self).with("items", .list(of: Line.schema, 1...100)).example(…)
///         }
///     }
package protocol Described {
    static var schema: Schema { get }
}

extension Schema {
    /// From how the type decodes itself.
    package init<T: Decodable>(of type: T.Type) { self = SchemaReader.learn(type) }

    static func of<T: Decodable>(_ type: T.Type) -> Schema {
        (type as? any Described.Type)?.schema ?? Schema(of: type)
    }
}

extension Described where Self: RawRepresentable & CaseIterable, RawValue == String {
    package static var schema: Schema { .choice(allCases.map(\.rawValue)) }
}

extension Bool: Described { package static var schema: Schema { .boolean } }
extension String: Described { package static var schema: Schema { .text() } }
extension Double: Described { package static var schema: Schema { .number() } }
extension Int: Described { package static var schema: Schema { .whole(Int.min...Int.max) } }
extension Int64: Described { package static var schema: Schema { .whole(Int.min...Int.max) } }
extension Int32: Described { package static var schema: Schema { .whole(Int(Int32.min)...Int(Int32.max)) } }
extension ExactDecimal: Described { package static var schema: Schema { .number() } }
extension JSONValue: Described { package static var schema: Schema { .anything } }
extension Role: Described {}

extension Array: Described where Element: Decodable {
    package static var schema: Schema { .list(of: .of(Element.self)) }
}

extension Dictionary: Described where Key == String, Value: Decodable {
    package static var schema: Schema { .map(of: .of(Value.self)) }
}

extension Optional: Described where Wrapped: Decodable {
    package static var schema: Schema {
        var schema = Schema.of(Wrapped.self)
        schema.isNullable = true
        return schema
    }
}

extension UUID: Described {
    package static var schema: Schema {
        .text(format: "uuid", expectation: "a UUID") { UUID($0) != nil }.example(ID<Never>.example)
    }
}

extension ID: Described { package static var schema: Schema { UUID.schema } }

extension Timestamp: Described {
    package static var schema: Schema {
        .text(format: "date-time", expectation: "a moment like 2025-06-14T09:26:53.589Z") { Timestamp($0) != nil }
            .example("2025-06-14T09:26:53.589Z")
    }
}

extension Money: Described {
    package static var schema: Schema { .number(step: .hundredths(1)).example(.hundredths(5_998)) }
}
