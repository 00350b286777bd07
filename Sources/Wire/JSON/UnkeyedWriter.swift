/// The elements of an array being written. Three words, so that `any UnkeyedEncodingContainer` holds it without a box.
struct UnkeyedWriter: UnkeyedEncodingContainer {
    let writer: Writer
    let level: Int
    private(set) var count = 0

    init(writer: Writer, level: Int) { (self.writer, self.level) = (writer, level) }

    var codingPath: [any CodingKey] { writer.codingPath(of: level) }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        slot().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { slot().unkeyedContainer() }
    mutating func superEncoder() -> any Encoder { slot() }

    private mutating func slot() -> ValueEncoder { (try? start()) == nil ? writer.lostSlot() : writer.slot() }

    /// The comma; gives the mark to cut back to.
    @inline(__always)
    private mutating func start() throws -> Int {
        let mark = try writer.startElement(level)
        count += 1
        return mark
    }

    mutating func encode<T: Encodable>(_ value: T) throws {
        let mark = try start()
        do {
            try writer.encode(value, undoingTo: mark)
        } catch {
            count -= 1
            throw error
        }
    }

    mutating func encodeNil() throws {
        _ = try start()
        writer.output.append("null")
    }

    mutating func encode(_ value: Bool) throws {
        _ = try start()
        writer.output.append(value ? "true" : "false")
    }

    mutating func encode(_ value: String) throws {
        _ = try start()
        writer.output.appendString(value)
    }

    mutating func encode(_ value: Double) throws { try floatingPoint(value) }
    mutating func encode(_ value: Float) throws { try floatingPoint(value) }
    mutating func encode(_ value: Int) throws { try integer(value) }
    mutating func encode(_ value: Int8) throws { try integer(value) }
    mutating func encode(_ value: Int16) throws { try integer(value) }
    mutating func encode(_ value: Int32) throws { try integer(value) }
    mutating func encode(_ value: Int64) throws { try integer(value) }
    mutating func encode(_ value: Int128) throws { try integer(value) }
    mutating func encode(_ value: UInt) throws { try integer(value) }
    mutating func encode(_ value: UInt8) throws { try integer(value) }
    mutating func encode(_ value: UInt16) throws { try integer(value) }
    mutating func encode(_ value: UInt32) throws { try integer(value) }
    mutating func encode(_ value: UInt64) throws { try integer(value) }
    mutating func encode(_ value: UInt128) throws { try integer(value) }

    private mutating func floatingPoint(_ value: some BinaryFloatingPoint & CustomStringConvertible) throws {
        let mark = try start()
        guard value.isFinite else {
            count -= 1
            throw writer.notFinite(value, undoingTo: mark)
        }
        writer.output.append(value)
    }

    private mutating func integer(_ value: some FixedWidthInteger) throws {
        _ = try start()
        writer.output.append(value)
    }
}
