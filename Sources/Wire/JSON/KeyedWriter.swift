/// The members of an object being written.
struct KeyedWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: Writer
    let level: Int

    var codingPath: [any CodingKey] { writer.codingPath(of: level) }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        slot(key).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        slot(key).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { slot(PathKey(stringValue: "super")) }
    mutating func superEncoder(forKey key: Key) -> any Encoder { slot(key) }

    private func slot(_ key: some CodingKey) -> ValueEncoder {
        (try? writer.startMember(key.stringValue, level)) == nil ? writer.lostSlot() : writer.slot()
    }

    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        let mark = try writer.startMember(key.stringValue, level)
        try writer.encode(value, undoingTo: mark)
    }

    mutating func encodeNil(forKey key: Key) throws {
        _ = try writer.startMember(key.stringValue, level)
        writer.output.append("null")
    }

    mutating func encode(_ value: Bool, forKey key: Key) throws {
        _ = try writer.startMember(key.stringValue, level)
        writer.output.append(value ? "true" : "false")
    }

    mutating func encode(_ value: String, forKey key: Key) throws {
        _ = try writer.startMember(key.stringValue, level)
        writer.output.appendString(value)
    }

    mutating func encode(_ value: Double, forKey key: Key) throws { try floatingPoint(value, key) }
    mutating func encode(_ value: Float, forKey key: Key) throws { try floatingPoint(value, key) }
    mutating func encode(_ value: Int, forKey key: Key) throws { try integer(value, key) }
    mutating func encode(_ value: Int8, forKey key: Key) throws { try integer(value, key) }
    mutating func encode(_ value: Int16, forKey key: Key) throws { try integer(value, key) }
    mutating func encode(_ value: Int32, forKey key: Key) throws { try integer(value, key) }
    mutating func encode(_ value: Int64, forKey key: Key) throws { try integer(value, key) }
    mutating func encode(_ value: Int128, forKey key: Key) throws { try integer(value, key) }
    mutating func encode(_ value: UInt, forKey key: Key) throws { try integer(value, key) }
    mutating func encode(_ value: UInt8, forKey key: Key) throws { try integer(value, key) }
    mutating func encode(_ value: UInt16, forKey key: Key) throws { try integer(value, key) }
    mutating func encode(_ value: UInt32, forKey key: Key) throws { try integer(value, key) }
    mutating func encode(_ value: UInt64, forKey key: Key) throws { try integer(value, key) }
    mutating func encode(_ value: UInt128, forKey key: Key) throws { try integer(value, key) }

    private func floatingPoint(_ value: some BinaryFloatingPoint & CustomStringConvertible, _ key: Key) throws {
        let mark = try writer.startMember(key.stringValue, level)
        guard value.isFinite else { throw writer.notFinite(value, undoingTo: mark) }
        writer.output.append(value)
    }

    private func integer(_ value: some FixedWidthInteger, _ key: Key) throws {
        _ = try writer.startMember(key.stringValue, level)
        writer.output.append(value)
    }
}
