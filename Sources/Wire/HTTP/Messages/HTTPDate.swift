/// Dates as HTTP writes them (RFC 9110 §5.6.7), from and to seconds since 1970, without locale or time zone data.
package enum HTTPDate {
    package static let byteCount = 29

    /// `Sun, 06 Nov 1994 08:49:37 GMT`. Dates outside the years 1 to 9999 become the nearest that can be written.
    package static func string(_ seconds: Int) -> String {
        let bytes = bytes(seconds)
        return bytes.span.string(in: 0..<byteCount)
    }

    package static func bytes(_ seconds: Int) -> InlineArray<29, UInt8> {
        let seconds = min(max(seconds, -62_135_596_800), 253_402_300_799)
        let (day, second) = (seconds.flooredQuotient(86_400), seconds.flooredRemainder(86_400))
        let date = civil(fromDay: day)
        var text = InlineArray<29, UInt8>(repeating: .space)
        text.put(weekdays, 3 * (day + 4).flooredRemainder(7), at: 0)
        text[3] = .comma
        text.put(digits: date.day, 2, at: 5)
        text.put(months, 3 * (date.month - 1), at: 8)
        text.put(digits: date.year, 4, at: 12)
        text.put(digits: second / 3_600, 2, at: 17)
        text[19] = .colon
        text.put(digits: second / 60 % 60, 2, at: 20)
        text[22] = .colon
        text.put(digits: second % 60, 2, at: 23)
        text.put("GMT", 0, at: 26)
        return text
    }

    /// Reads the fixed form and the two obsolete ones, `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`.
    /// The weekday, which only repeats what the rest says, is not looked at.
    package static func parse(_ text: String) -> Int? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: true)
        switch (parts.count, text.utf8.count) {
        case (6, 29) where parts[5] == "GMT" && parts[0].utf8.last == .comma:
            return seconds(day: parts[1], month: parts[2], year: parts[3], time: parts[4])
        case (4, _) where parts[3] == "GMT" && parts[0].utf8.last == .comma:
            let date = parts[1].split(separator: "-", omittingEmptySubsequences: false)
            guard date.count == 3, let year = number(date[2], digits: 2) else { return nil }
            // RFC 9110 wants the century nearest to now; without a clock, the epoch divides them.
            return seconds(
                day: date[0], month: date[1], year: "\(year < 70 ? 2_000 + year : 1_900 + year)", time: parts[2])
        case (5, 24):
            let day = parts[2].utf8.count == 1 ? "0" + parts[2] : parts[2]
            return seconds(day: day, month: parts[1], year: parts[4], time: parts[3])
        default: return nil
        }
    }

    private static let weekdays: StaticString = "SunMonTueWedThuFriSat"
    private static let months: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"

    private static func seconds(day: Substring, month: Substring, year: Substring, time: Substring) -> Int? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 3, let hour = number(clock[0], digits: 2), hour < 24,
            let minute = number(clock[1], digits: 2), minute < 60,
            let second = number(clock[2], digits: 2), second <= 60,
            let day = number(day, digits: 2), let year = number(year, digits: 4), year > 0,
            let month = monthNumber(month), 1...daysInMonth(month, of: year) ~= day
        else { return nil }
        return dayNumber(year: year, month: month, day: day) * 86_400 + hour * 3_600 + minute * 60 + second
    }

    private static func number(_ text: Substring, digits: Int) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy(\.isDigit) else { return nil }
        return Int(text)
    }

    private static func monthNumber(_ name: Substring) -> Int? {
        guard name.utf8.count == 3 else { return nil }
        return (1...12).first { month in
            (0..<3).allSatisfy { months.byte(3 * (month - 1) + $0) == name.utf8.dropFirst($0).first }
        }
    }

    private static func daysInMonth(_ month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        switch month {
        case 2: return isLeap ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    /// Days since 1970-01-01. Years count from March, so that the leap day comes last and months have a formula:
    /// the days before month m are (153m + 2) / 5.
    private static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let marchYear = month > 2 ? year : year - 1
        let era = marchYear.flooredQuotient(400), yearOfEra = marchYear.flooredRemainder(400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDay day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = shifted.flooredQuotient(146_097), dayOfEra = shifted.flooredRemainder(146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}

extension StaticString {
    fileprivate func byte(_ index: Int) -> UInt8 {
        precondition(index >= 0 && index < utf8CodeUnitCount)
        return unsafe utf8Start[index]
    }
}

extension InlineArray where Element == UInt8 {
    fileprivate mutating func put(_ text: StaticString, _ start: Int, at index: Int) {
        for offset in 0..<3 { self[index + offset] = text.byte(start + offset) }
    }

    fileprivate mutating func put(digits number: Int, _ count: Int, at index: Int) {
        var rest = number
        for offset in (index..<index + count).reversed() {
            self[offset] = UInt8(truncatingIfNeeded: rest % 10) &+ 0x30
            rest /= 10
        }
    }
}

extension Int {
    fileprivate func flooredQuotient(_ divisor: Int) -> Int {
        self >= 0 ? self / divisor : (self + 1) / divisor - 1
    }
    fileprivate func flooredRemainder(_ divisor: Int) -> Int { self - flooredQuotient(divisor) * divisor }
}
