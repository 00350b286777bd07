package import TradewindDomain

/// How long a candle of the chart lasts that the signal was found on: 15m, 4h, 1d, 1w.
package struct Timeframe: Hashable, Comparable, Sendable {
    package let minutes: Int

    /// Nil for what no chart has.
    package init?(minutes: Int) {
        guard Self.onCharts.contains(minutes) else { return nil }
        self.minutes = minutes
    }

    private static let hour = 60, day = 24 * 60, week = 7 * 24 * 60
    private static let onCharts: [Int] = [
        1, 2, 3, 5, 10, 15, 20, 30, 45, hour, 2 * hour, 3 * hour, 4 * hour, 6 * hour, 8 * hour, 12 * hour, day, 2 * day,
        3 * day, week, 30 * day,
    ]

    package static func < (a: Timeframe, b: Timeframe) -> Bool { a.minutes < b.minutes }
}

extension Timeframe: CustomStringConvertible {
    package var description: String {
        switch minutes {
        case 30 * Self.day: "1M"
        case Self.week: "1w"
        case Self.day...: "\(minutes / Self.day)d"
        case Self.hour...: "\(minutes / Self.hour)h"
        default: "\(minutes)m"
        }
    }

    /// Reads what `description` writes.
    package init(_ text: some StringProtocol) throws(Violations) {
        guard
            let found = Self.onCharts.lazy.compactMap({ Timeframe(minutes: $0) }).first(where: {
                $0.description == text
            })
        else { throw Violations(.format, "must be a timeframe of charts, like 15m or 4h") }
        self = found
    }
}

extension Timeframe: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do { try self.init(container.decode(String.self)) } catch let violations as Violations {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: violations.description)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
