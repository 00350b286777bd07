internal import TradewindDomain
internal import TradewindJSON
internal import TradewindPersistence

/// Arrays are stored as JSON, so that SQL can look into them (`json_each`). Each element is spelled as a column of its
/// kind holds it; what JSON has no numbers for is a string.
enum ArrayText {
    private static let limits = JSONLimits(size: 1 << 30)

    static func write(_ values: [SQLValue]) throws(DatabaseError) -> String {
        var elements: [JSONValue] = []
        elements.reserveCapacity(values.count)
        for value in values { elements.append(try element(value)) }
        return String(decoding: JSONValue.array(elements).serialized(), as: UTF8.self)
    }

    private static func element(_ value: SQLValue) throws(DatabaseError) -> JSONValue {
        switch value {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int16(let value): return .number(JSONNumber(value))
        case .int32(let value): return .number(JSONNumber(value))
        case .int64(let value): return .number(JSONNumber(value))
        case .timestamp(let value): return .number(JSONNumber(value.microseconds))
        case .double(let value):
            if value.isNaN { throw .refused(sqlState: "22003", message: nil) }
            return JSONNumber(value).map { .number($0) } ?? .string(value > 0 ? "inf" : "-inf")
        case .decimal(let value): return .string(value.description)
        case .text(let value):
            if value.utf8.contains(0) { throw .nulInText }
            return .string(value)
        case .uuid(let value): return .string(value.description)
        case .json(let value): return .string(value.description)
        case .bytes(let value): return .string(hexadecimal(value))
        case .array: throw .refused(sqlState: "2202E", message: "an array holds no arrays")
        }
    }

    /// Nil when the text is no array of this kind.
    static func read(_ text: [UInt8], _ kind: SQLKind) -> [SQLValue]? {
        guard let elements = (try? JSONValue.parse(text, limits: limits))?.array else { return nil }
        var values: [SQLValue] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            guard let value = element.isNull ? .null(SQLType(kind)) : value(element, kind) else { return nil }
            values.append(value)
        }
        return values
    }

    private static func value(_ element: JSONValue, _ kind: SQLKind) -> SQLValue? {
        switch kind {
        case .bool: element.bool.map { .bool($0) }
        case .int16: element.number?.integer(as: Int16.self).map { .int16($0) }
        case .int32: element.number?.integer(as: Int32.self).map { .int32($0) }
        case .int64: element.number?.integer(as: Int64.self).map { .int64($0) }
        case .timestamp: element.number?.integer(as: Int64.self).map { .timestamp(Timestamp(microseconds: $0)) }
        case .double: (element.number?.double ?? infinity(element)).map { .double($0) }
        case .decimal: (element.string.flatMap { ExactDecimal($0) } ?? element.number?.decimal).map { .decimal($0) }
        case .text: element.string.map { .text($0) }
        case .uuid: element.string.flatMap { UUID($0) }.map { .uuid($0) }
        case .json: element.string.map { .json(JSONText(bytes: Array($0.utf8))) }
        case .bytes: element.string.flatMap(bytes).map { .bytes($0) }
        }
    }

    private static func infinity(_ element: JSONValue) -> Double? {
        switch element.string {
        case "inf": .infinity
        case "-inf": -.infinity
        default: nil
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var half: UInt8?
        for character in text.utf8 {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let upper = half { bytes.append(upper << 4 | digit) }
            half = half == nil ? digit : nil
        }
        return half == nil ? bytes : nil
    }
}
