package import TradewindJSON

/// A JSON text as a column holds it.
package struct JSONText: Hashable, Sendable {
    package let bytes: [UInt8]

    /// Taken as it is: the database refuses what is not JSON.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    package init(_ value: some Encodable) throws(JSONError) { bytes = try JSON.encode(value) }

    package func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws(JSONError) -> Value {
        try JSON.decode(type, from: bytes)
    }
}

extension JSONText: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
