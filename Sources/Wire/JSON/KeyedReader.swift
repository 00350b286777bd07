/// The members of an object. The document remembers where reading stopped, so names asked for in the order of the text
/// are found at once, and nothing is built for those that come in another.
struct KeyedReader<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let place: Place

    private var object: Int { place.node }

    /// The document, as long as it is there.
    private var document: Document {
        @inline(__always) get throws { try place.document }
    }

    var codingPath: [any CodingKey] { (try? document.codingPath(to: object)) ?? [] }

    var allKeys: [Key] { (try? document.names(of: object))?.compactMap { Key(stringValue: $0) } ?? [] }

    func contains(_ key: Key) -> Bool { (try? document)?.member(key.stringValue, of: object) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try document.isNull(value(key)) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try decoder(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        let document = try document
        guard let value = document.take("super", of: object) else {
            throw document.missing(PathKey(stringValue: "super"), in: object)
        }
        return ValueDecoder(document, value)
    }

    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

    private func decoder(_ key: Key) throws -> ValueDecoder {
        ValueDecoder(try document, try value(key))
    }

    @inline(__always)
    private func value(_ key: Key) throws -> Int {
        let document = try document
        guard let value = document.take(key.stringValue, of: object) else { throw document.missing(key, in: object) }
        return value
    }

    /// Nil for a member that is missing or null.
    private func presentValue(_ key: Key) throws -> Int? {
        let document = try document
        guard let value = document.take(key.stringValue, of: object) else { return nil }
        return document.isNull(value) ? nil : value
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        let document = try document
        let value = try value(key)
        let decoded = try document.decode(type, at: value)
        document.advance(object, past: value)
        return decoded
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        let document = try document
        guard let value = try presentValue(key) else { return nil }
        let decoded = try document.decode(type, at: value)
        document.advance(object, past: value)
        return decoded
    }
}

// MARK: One line for each scalar type that the protocol names

extension KeyedReader {
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try document.decode(type, at: value(key)) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try document.decode(type, at: value(key)) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try document.decode(type, at: value(key)) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try document.decode(type, at: value(key)) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try document.integer(type, value(key)) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try document.integer(type, value(key)) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try document.integer(type, value(key)) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try document.integer(type, value(key)) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try document.integer(type, value(key)) }
    func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 { try document.integer(type, value(key)) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try document.integer(type, value(key)) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try document.integer(type, value(key)) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try document.integer(type, value(key)) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try document.integer(type, value(key)) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try document.integer(type, value(key)) }
    func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 { try document.integer(type, value(key)) }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try presentValue(key).map { try document.decode(type, at: $0) }
    }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try presentValue(key).map { try document.decode(type, at: $0) }
    }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        try presentValue(key).map { try document.decode(type, at: $0) }
    }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? {
        try presentValue(key).map { try document.decode(type, at: $0) }
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try presentValue(key).map { try document.integer(type, $0) }
    }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? {
        try presentValue(key).map { try document.integer(type, $0) }
    }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? {
        try presentValue(key).map { try document.integer(type, $0) }
    }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? {
        try presentValue(key).map { try document.integer(type, $0) }
    }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        try presentValue(key).map { try document.integer(type, $0) }
    }
    func decodeIfPresent(_ type: Int128.Type, forKey key: Key) throws -> Int128? {
        try presentValue(key).map { try document.integer(type, $0) }
    }
    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? {
        try presentValue(key).map { try document.integer(type, $0) }
    }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? {
        try presentValue(key).map { try document.integer(type, $0) }
    }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? {
        try presentValue(key).map { try document.integer(type, $0) }
    }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? {
        try presentValue(key).map { try document.integer(type, $0) }
    }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? {
        try presentValue(key).map { try document.integer(type, $0) }
    }
    func decodeIfPresent(_ type: UInt128.Type, forKey key: Key) throws -> UInt128? {
        try presentValue(key).map { try document.integer(type, $0) }
    }
}
