/// The elements of an array. Three words, so that `any UnkeyedDecodingContainer` holds it without a box. An element that
/// fails stays the next one, as Codable wants it.
struct UnkeyedReader: UnkeyedDecodingContainer {
    let document: Document
    private let array: UInt32
    private var place: UInt32
    private(set) var currentIndex = 0

    init(document: Document, array: Int) {
        self.document = document
        // Places are below 2^30, as the token keeps them in 30 bits.
        self.array = UInt32(truncatingIfNeeded: array)
        place = self.array &+ 2
    }

    var codingPath: [any CodingKey] { document.codingPath(to: Int(array)) }
    var count: Int? { document.size(of: Int(array)) }
    var isAtEnd: Bool { Int(place) == document.token(Int(array)).extent }

    mutating func decodeNil() throws -> Bool {
        guard document.isNull(try element()) else { return false }
        advance()
        return true
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        let container = try ValueDecoder(document: document, node: element()).container(keyedBy: type)
        advance()
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try ValueDecoder(document: document, node: element()).unkeyedContainer()
        advance()
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = ValueDecoder(document: document, node: try element())
        advance()
        return decoder
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try take(document.decode(type, at: element())) }

    private func element() throws -> Int {
        guard !isAtEnd else { throw document.missingElement(currentIndex, in: Int(array)) }
        return Int(place)
    }

    @inline(__always)
    private mutating func take<T>(_ value: T) -> T {
        advance()
        return value
    }

    @inline(__always)
    private mutating func advance() {
        place = UInt32(truncatingIfNeeded: document.next(after: Int(place)))
        currentIndex += 1
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
