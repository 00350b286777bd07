import Foundation
import Testing
import TradewindDomain
import TradewindJSON
import TradewindTesting

@Suite struct `A moment` {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.000001Z", 1), ("1969-12-31T23:59:59.999999Z", -1),
            ("2025-06-14T12:00:00.000Z", 1_749_902_400_000_000), ("2025-06-14T14:00:00+02:00", 1_749_902_400_000_000),
            ("2025-06-14T06:30:00-05:30", 1_749_902_400_000_000), ("2025-06-15T00:00:00+12:00", 1_749_902_400_000_000),
            ("2025-06-14T12:00:00.5Z", 1_749_902_400_500_000), ("2025-06-14T12:00:00.123456Z", 1_749_902_400_123_456),
            ("2000-02-29T00:00:00Z", 951_782_400_000_000), ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
            ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999), ("1970-01-01T00:00:00-00:00", 0),
        ] as [(String, Int64)]) func `is read from text`(text: String, microseconds: Int64)
    {
        #expect(Timestamp(text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "2025", "2025-06-14", "2025-06-14T12:00:00", "2025-06-14 12:00:00Z", "2025-06-14t12:00:00z",
        "2025-06-14T12:00Z", "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2025-04-31T00:00:00Z",
        "2025-13-01T00:00:00Z", "2025-00-01T00:00:00Z", "2025-01-00T00:00:00Z", "2025-06-14T24:00:00Z",
        "2025-06-14T12:60:00Z", "2016-12-31T23:59:60Z", "2025-06-14T12:00:00.Z", "2025-06-14T12:00:00.1234567Z",
        "2025-06-14T12:00:00,5Z", "2025-06-14T12:00:00+0200", "2025-06-14T12:00:00+24:00",
        "2025-06-14T12:00:00+02:60", "2025-06-14T12:00:00ZZ", "2025-6-14T12:00:00Z", "+2025-06-14T12:00:00Z",
        "2025-06-14T12:00:00−02:00", "２025-06-14T12:00:00Z",
    ]) func `is nothing that only looks like one`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (999, "1970-01-01T00:00:00.000Z"),
            (1_749_893_213_589_999, "2025-06-14T09:26:53.589Z"),
            (253_402_300_800_000_000, "+010000-01-01T00:00:00.000Z"),
            (-62_167_219_200_000_001, "-000001-12-31T23:59:59.999Z"), (.max, "+294247-01-10T04:00:54.775Z"),
            (.min, "-290308-12-21T19:59:05.224Z"),
        ] as [(Int64, String)]) func `is written in UTC to the millisecond, floored`(microseconds: Int64, text: String)
    {
        #expect(Timestamp(microseconds: microseconds).description == text)
    }

    @Test func `agrees with another calendar on four centuries of days`() throws {
        let theirs = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for day in stride(from: -200 * 366, to: 200 * 366, by: 1) {
            let seconds = Int64(day) * 86_400 + 45_296
            let text = Timestamp(microseconds: seconds * 1_000_000).description
            #expect(text == Date(timeIntervalSince1970: Double(seconds)).formatted(theirs))
            #expect(Timestamp(text)?.microseconds == seconds * 1_000_000)
        }
    }

    @Test func `is text in JSON`() throws {
        #expect(try JSON.encode([Timestamp.noon]) == Array(#"["2025-06-14T12:00:00.000Z"]"#.utf8))
        #expect(try JSON.decode([Timestamp].self, from: #"["2025-06-14T14:00:00+02:00"]"#) == [.noon])
        #expect(throws: JSONError.self) { try JSON.decode([Timestamp].self, from: #"["yesterday"]"#) }
    }

    @Test func `moves by durations and stays within what it can hold`() {
        #expect(Timestamp.noon + .microseconds(1_500_001) - .noon == .microseconds(1_500_001))
        #expect(Timestamp.noon - .seconds(1) < .noon)
        #expect(Timestamp(microseconds: .max) + .seconds(1) == Timestamp(microseconds: .max))
        #expect(Timestamp(microseconds: .min) - .seconds(1) == Timestamp(microseconds: .min))
        #expect(Timestamp.noon + .seconds(Int64.max) == Timestamp(microseconds: .max))
        #expect(Timestamp(microseconds: .max) - Timestamp(microseconds: .min) > .seconds(1))
        #expect(Timestamp(microseconds: -1).milliseconds == -1)
    }
}
