internal import TradewindJSON

/// A decoder that holds no value: it lets a type decode itself and notes what it asks for. What a type asks for
/// conditionally it sees as far as the type gets; such a type is better `Described` by hand.
struct SchemaReader: Decoder {
    /// Where the notes of one type gather.
    final class Notes {
        var properties: [Schema.Property] = []
        var other: Schema?

        func add(_ name: String, _ schema: Schema, isRequired: Bool) {
            guard !properties.contains(where: { $0.name == name }) else { return }
            properties.append(.init(name: name, schema: schema, isRequired: isRequired))
        }
    }

    private struct NoValue: Error {}

    let notes = Notes()
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    static func learn<T: Decodable>(_ type: T.Type) -> Schema {
        let reader = SchemaReader()
        // What it throws, for example because an empty text is no email, is of no interest.
        _ = try? T(from: reader)
        if let other = reader.notes.other { return other }
        return Schema(.object(reader.notes.properties), name: name(of: type))
    }

    /// `PlaceOrder.Line` is `PlaceOrderLine` in the document; generic types stand where they are used.
    private static func name(of type: Any.Type) -> String? {
        let name = String(reflecting: type)
        guard !name.contains("<"), !name.contains("(") else { return nil }
        return name.split(separator: ".").dropFirst().joined()
    }

    func container<Key: CodingKey>(keyedBy: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Members<Key>(notes: notes))
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw NoValue() }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(notes: notes) }

    /// A value of the type, so that decoding can go on to the next property.
    private static func sample<T: Decodable>(_ type: T.Type, _ schema: Schema) throws -> T {
        try JSON.decode(type, from: schema.sample.serialized())
    }

    private struct Single: SingleValueDecodingContainer {
        let notes: Notes
        let codingPath: [any CodingKey] = []

        func decodeNil() -> Bool { false }
        func decode<T: Decodable>(_ type: T.Type) throws -> T {
            let schema = Schema.of(type)
            notes.other = schema
            return try SchemaReader.sample(type, schema)
        }
    }

    private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let notes: Notes
        let codingPath: [any CodingKey] = []
        let allKeys: [Key] = []

        func contains(_ key: Key) -> Bool { true }
        func decodeNil(forKey key: Key) -> Bool { false }

        func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
            let schema = Schema.of(type)
            notes.add(key.stringValue, schema, isRequired: true)
            return try SchemaReader.sample(type, schema)
        }

        func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
            try optional(type, key)
        }

        // Codable calls these for the types it knows, past the two above.
        func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try optional(type, key) }
        func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try optional(type, key) }
        func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try optional(type, key) }
        func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try optional(type, key) }
        func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { try optional(type, key) }
        func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try optional(type, key) }

        private func optional<T: Decodable>(_ type: T.Type, _ key: Key) throws -> T? {
            var schema = Schema.of(type)
            schema.isNullable = true
            notes.add(key.stringValue, schema, isRequired: false)
            return nil
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy: Nested.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> {
            let inner = Notes()
            return KeyedDecodingContainer(Members<Nested>(notes: inner))
        }
        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw NoValue() }
        func superDecoder() throws -> any Decoder { throw NoValue() }
        func superDecoder(forKey key: Key) throws -> any Decoder { throw NoValue() }
    }
}
