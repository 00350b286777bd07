/// A number of bytes, so that no setting is a bare integer whose unit has to be guessed.
package struct ByteSize: Hashable, Comparable, Sendable {
    package let bytes: Int

    package init(bytes: Int) { self.bytes = bytes }
    package static func bytes(_ count: Int) -> Self { Self(bytes: count) }
    package static func kibibytes(_ count: Int) -> Self { Self(bytes: count << 10) }
    package static func mebibytes(_ count: Int) -> Self { Self(bytes: count << 20) }

    package static func < (one: Self, other: Self) -> Bool { one.bytes < other.bytes }
}

extension ByteSize: CustomStringConvertible {
    private static let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
    private static let decimalUnits = [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000)]

    /// `16KiB`, `1 MiB`, `2MB` (powers of ten, as the unit says), `512B`, `512`.
    package init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text[digits.endIndex...].drop { $0 == " " }
        guard let count = Int(digits), let scale = Self.scale(of: unit) else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: scale)
        guard !overflow else { return nil }
        self.bytes = bytes
    }

    private static func scale(of unit: Substring) -> Int? {
        if unit.isEmpty || unit == "B" { return 1 }
        return (units + decimalUnits).first { $0.0.lowercased() == unit.lowercased() }?.1
    }

    package var description: String {
        guard bytes != 0, let (unit, scale) = Self.units.first(where: { bytes.isMultiple(of: $0.1) }) else {
            return "\(bytes)B"
        }
        return "\(bytes / scale)\(unit)"
    }
}
