// ISO 8601 as services speak it: 2025-06-14T09:26:53.589Z.

extension Timestamp: CustomStringConvertible {
    /// UTC with milliseconds; what is finer is cut off. Years beyond four digits get a sign, as ISO 8601 asks.
    package var description: String {
        let day = microseconds.flooredQuotient(Self.microsecondsOfDay)
        let date = CivilDate(day: day)
        guard 0...9999 ~= date.year else {
            let year = String(date.year.magnitude)
            let padded = String(repeating: "0", count: max(0, 6 - year.utf8.count)) + year
            return (date.year < 0 ? "-" : "+") + padded + text(date, day).dropFirst(4)
        }
        return text(date, day)
    }

    private func text(_ date: CivilDate, _ day: Int64) -> String {
        // Overflow is out of reach: the day is the floored quotient, but its product may be below the smallest Int64.
        let milliseconds = (microseconds &- day &* Self.microsecondsOfDay) / 1_000
        var text = InlineArray<24, UInt8>(repeating: UInt8(ascii: "."))
        func put(_ value: Int64, _ digits: Int, at place: Int, then mark: Unicode.Scalar) {
            var rest = value
            for index in (place..<place + digits).reversed() {
                text[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            text[place + digits] = UInt8(ascii: mark)
        }
        put(Int64(date.year.magnitude % 10_000), 4, at: 0, then: "-")
        put(date.month, 2, at: 5, then: "-")
        put(date.day, 2, at: 8, then: "T")
        put(milliseconds / 3_600_000, 2, at: 11, then: ":")
        put(milliseconds / 60_000 % 60, 2, at: 14, then: ":")
        put(milliseconds / 1_000 % 60, 2, at: 17, then: ".")
        put(milliseconds % 1_000, 3, at: 20, then: "Z")
        return String(ascii: text.span)
    }

    static let microsecondsOfDay: Int64 = 86_400_000_000
}

extension Timestamp {
    /// `YYYY-MM-DDThh:mm:ss`, up to six digits of a second, then `Z` or `±hh:mm`. Nothing that is not a moment: no
    /// 30 February, no 24:00, no second 60, no local time.
    package init?(_ text: String) {
        var reader = DigitReader(Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T"), let hour = reader.number(2), reader.take(":"),
            let minute = reader.number(2), reader.take(":"), let second = reader.number(2),
            let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd,
            let date = CivilDate(year: year, month: month, day: day), hour < 24, minute < 60, second < 60
        else { return nil }
        let seconds = (date.daysSince1970 * 24 + hour) * 3_600 + (minute - offset) * 60 + second
        self.init(microseconds: seconds * 1_000_000 + fraction)
    }
}

extension Timestamp: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let moment = Timestamp(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "must be a time like 2025-06-14T09:26:53.589Z")
        }
        self = moment
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

private struct DigitReader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: mark) else { return false }
        at += 1
        return true
    }

    private mutating func digit() -> Int64? {
        guard at < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[at] else { return nil }
        defer { at += 1 }
        return Int64(bytes[at] - UInt8(ascii: "0"))
    }

    mutating func number(_ digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// In microseconds; 0 when there is no point.
    mutating func fraction() -> Int64? {
        guard take(".") else { return 0 }
        guard var value = digit() else { return nil }
        var scale = 5
        while scale > 0, let digit = digit() { (value, scale) = (value * 10 + digit, scale - 1) }
        for _ in 0..<scale { value *= 10 }
        return value
    }

    /// In minutes east of Greenwich.
    mutating func offset() -> Int64? {
        if take("Z") { return 0 }
        let isEast = take("+")
        guard isEast || take("-"), let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60
        else { return nil }
        return (isEast ? 1 : -1) * (hours * 60 + minutes)
    }
}
