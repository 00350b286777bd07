/// A value of a document, as a type's `init(from:)` sees it. Two words, so that `any Decoder` holds it without a box.
struct ValueDecoder: Decoder, SingleValueDecodingContainer {
    let place: Place

    init(_ document: Document, _ node: Int) { place = Place(document, node) }

    private var node: Int { place.node }

    /// The document, as long as it is there.
    private var document: Document {
        @inline(__always) get throws { try place.document }
    }

    var codingPath: [any CodingKey] { (try? document.codingPath(to: node)) ?? [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        let document = try document
        guard document.token(node).isA(.object) else {
            throw document.mismatch([String: Any].self, node, "must be an object")
        }
        return KeyedDecodingContainer(KeyedReader(place: place))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let document = try document
        guard document.token(node).isA(.array) else { throw document.mismatch([Any].self, node, "must be an array") }
        return UnkeyedReader(document, array: node)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { (try? document.isNull(node)) ?? false }
    func decode(_ type: Bool.Type) throws -> Bool { try document.decode(type, at: node) }
    func decode(_ type: String.Type) throws -> String { try document.decode(type, at: node) }
    func decode(_ type: Double.Type) throws -> Double { try document.decode(type, at: node) }
    func decode(_ type: Float.Type) throws -> Float { try document.decode(type, at: node) }
    func decode(_ type: Int.Type) throws -> Int { try document.integer(type, node) }
    func decode(_ type: Int8.Type) throws -> Int8 { try document.integer(type, node) }
    func decode(_ type: Int16.Type) throws -> Int16 { try document.integer(type, node) }
    func decode(_ type: Int32.Type) throws -> Int32 { try document.integer(type, node) }
    func decode(_ type: Int64.Type) throws -> Int64 { try document.integer(type, node) }
    func decode(_ type: Int128.Type) throws -> Int128 { try document.integer(type, node) }
    func decode(_ type: UInt.Type) throws -> UInt { try document.integer(type, node) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try document.integer(type, node) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try document.integer(type, node) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try document.integer(type, node) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try document.integer(type, node) }
    func decode(_ type: UInt128.Type) throws -> UInt128 { try document.integer(type, node) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try document.decode(type, at: node) }
}

extension Document {
    /// A value of any type. Our own exact types are read off the text, whatever their `init(from:)` does for others.
    func decode<T: Decodable>(_ type: T.Type, at node: Int) throws -> T {
        // Safety: each cast is from the type that the line before has found `T` to be.
        if T.self == String.self { return unsafe unsafeBitCast(try decode(String.self, at: node), to: T.self) }
        if T.self == ExactDecimal.self {
            return unsafe unsafeBitCast(try decode(ExactDecimal.self, at: node), to: T.self)
        }
        if T.self == JSONValue.self { return unsafe unsafeBitCast(jsonValue(at: node), to: T.self) }
        do {
            return try T(from: ValueDecoder(self, node))
        } catch {
            throw located(error, type, node)
        }
    }
}
