/// A value being written, as a type's `encode(to:)` sees it. Two words, so that `any Encoder` holds it without a box.
struct ValueEncoder: Encoder, SingleValueEncodingContainer {
    let writer: Writer
    let level: Int

    var codingPath: [any CodingKey] { writer.codingPath(of: level) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(KeyedWriter(writer: writer, level: writer.open(.object, level) ? level : 0))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        UnkeyedWriter(writer: writer, level: writer.open(.array, level) ? level : 0)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encode<T: Encodable>(_ value: T) throws {
        try writer.startSingle(level)
        do {
            try writer.encode(value, undoingTo: writer.output.count)
        } catch {
            writer.undoSingle()
            throw error
        }
    }

    func encodeNil() throws {
        try writer.startSingle(level)
        writer.output.append("null")
    }

    func encode(_ value: Bool) throws {
        try writer.startSingle(level)
        writer.output.append(value ? "true" : "false")
    }

    func encode(_ value: String) throws {
        try writer.startSingle(level)
        writer.output.appendString(value)
    }

    func encode(_ value: Double) throws { try floatingPoint(value) }
    func encode(_ value: Float) throws { try floatingPoint(value) }
    func encode(_ value: Int) throws { try integer(value) }
    func encode(_ value: Int8) throws { try integer(value) }
    func encode(_ value: Int16) throws { try integer(value) }
    func encode(_ value: Int32) throws { try integer(value) }
    func encode(_ value: Int64) throws { try integer(value) }
    func encode(_ value: Int128) throws { try integer(value) }
    func encode(_ value: UInt) throws { try integer(value) }
    func encode(_ value: UInt8) throws { try integer(value) }
    func encode(_ value: UInt16) throws { try integer(value) }
    func encode(_ value: UInt32) throws { try integer(value) }
    func encode(_ value: UInt64) throws { try integer(value) }
    func encode(_ value: UInt128) throws { try integer(value) }

    private func floatingPoint(_ value: some BinaryFloatingPoint & CustomStringConvertible) throws {
        guard value.isFinite else { throw writer.fault(value, .value, "must be a finite number") }
        try writer.startSingle(level)
        writer.output.append(value)
    }

    private func integer(_ value: some FixedWidthInteger) throws {
        try writer.startSingle(level)
        writer.output.append(value)
    }
}
