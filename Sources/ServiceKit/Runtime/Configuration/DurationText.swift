/// Durations as people write them in settings: `15m`, `500ms`, `7d`, `1h30m`. A bare number is refused, since nobody
/// can see its unit; only `0` needs none.
extension Duration {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    package init?(text: String) {
        if text == "0" {
            self = .zero
            return
        }
        var rest = text[...]
        var total: Int64 = 0
        var units = Self.units[...]
        repeat {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let name = rest[digits.endIndex...].prefix { $0.isLetter }
            // Units have to descend, so that `1m1m` or a `1m1h` with swapped letters is seen as the slip it is.
            guard let count = Int64(digits), let unit = units.firstIndex(where: { $0.name == name }) else { return nil }
            let (part, tooLarge) = count.multipliedReportingOverflow(by: units[unit].milliseconds)
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !tooLarge, !overflow else { return nil }
            (total, units, rest) = (sum, units[(unit + 1)...], rest[name.endIndex...])
        } while !rest.isEmpty
        self = .milliseconds(total)
    }

    /// The inverse, to the millisecond: `1h30m`, `500ms`, `0s`.
    package var text: String {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard self > .zero, !overflow else { return self == .zero ? "0s" : "\(self)" }
        var rest = whole + attoseconds / 1_000_000_000_000_000
        var text = ""
        for (name, size) in Self.units where rest >= size {
            text += "\(rest / size)\(name)"
            rest %= size
        }
        return text.isEmpty ? "\(self)" : text
    }
}
