/// The elements of an array. Three words, so that `any UnkeyedDecodingContainer` holds it without a box. An element
/// that fails stays the next one, as Codable wants it.
struct UnkeyedReader: UnkeyedDecodingContainer {
    private let array: Place
    private var place: UInt32
    private var index: UInt32 = 0

    init(_ document: Document, array: Int) {
        self.array = Place(document, array)
        place = UInt32(truncatingIfNeeded: array) &+ 2
    }

    /// The document, as long as it is there.
    private var document: Document {
        @inline(__always) get throws { try array.document }
    }

    var currentIndex: Int { Int(index) }
    var codingPath: [any CodingKey] { (try? document.codingPath(to: array.node)) ?? [] }
    var count: Int? { try? document.size(of: array.node) }
    var isAtEnd: Bool { (try? Int(place) == document.token(array.node).extent) ?? true }

    mutating func decodeNil() throws -> Bool {
        guard try document.isNull(element()) else { return false }
        try advance()
        return true
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        let container = try ValueDecoder(document, element()).container(keyedBy: type)
        try advance()
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try ValueDecoder(document, element()).unkeyedContainer()
        try advance()
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = ValueDecoder(try document, try element())
        try advance()
        return decoder
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try take(document.decode(type, at: element())) }

    private func element() throws -> Int {
        let document = try document
        guard Int(place) < document.token(array.node).extent else {
            throw document.missingElement(currentIndex, in: array.node)
        }
        return Int(place)
    }

    @inline(__always)
    private mutating func take<T>(_ value: T) throws -> T {
        try advance()
        return value
    }

    @inline(__always)
    private mutating func advance() throws {
        place = UInt32(truncatingIfNeeded: try document.next(after: Int(place)))
        index &+= 1
    }
}

// MARK: One line for each scalar type that the protocol names

extension UnkeyedReader {
    mutating func decode(_ type: Bool.Type) throws -> Bool { try take(document.decode(type, at: element())) }
    mutating func decode(_ type: String.Type) throws -> String { try take(document.decode(type, at: element())) }
    mutating func decode(_ type: Double.Type) throws -> Double { try take(document.decode(type, at: element())) }
    mutating func decode(_ type: Float.Type) throws -> Float { try take(document.decode(type, at: element())) }
    mutating func decode(_ type: Int.Type) throws -> Int { try take(document.integer(type, element())) }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try take(document.integer(type, element())) }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try take(document.integer(type, element())) }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try take(document.integer(type, element())) }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try take(document.integer(type, element())) }
    mutating func decode(_ type: Int128.Type) throws -> Int128 { try take(document.integer(type, element())) }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try take(document.integer(type, element())) }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try take(document.integer(type, element())) }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try take(document.integer(type, element())) }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try take(document.integer(type, element())) }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try take(document.integer(type, element())) }
    mutating func decode(_ type: UInt128.Type) throws -> UInt128 { try take(document.integer(type, element())) }
}
