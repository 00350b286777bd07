/// The text that Prometheus reads: its own format 0.0.4, or OpenMetrics 1.0, which differs in the names of counters,
/// has exemplars and an end.
package struct Exposition {
    package enum Format: Sendable { case prometheus, openMetrics }

    private let format: Format
    private var text = ""

    init(_ format: Format) { self.format = format }

    mutating func head(_ name: String, _ help: String, _ kind: MetricKind) {
        let family = format == .openMetrics && kind == .counter ? Self.withoutTotal(name) : name
        text += "# HELP \(family) \(help.escaped(quotes: format == .openMetrics))\n# TYPE \(family) \(kind.rawValue)\n"
    }

    /// OpenMetrics names a family of counters without the suffix that each of its samples has to have.
    private static func withoutTotal(_ name: String) -> String {
        name.hasSuffix("_total") ? String(name.dropLast(6)) : name
    }

    mutating func counter(_ name: String, _ labels: LabelText, _ value: Double) {
        line(format == .openMetrics ? Self.withoutTotal(name) + "_total" : name, labels.braced, value)
    }

    mutating func gauge(_ name: String, _ labels: LabelText, _ value: Double) { line(name, labels.braced, value) }

    mutating func histogram(_ name: String, _ labels: LabelText, _ histogram: HistogramSnapshot) {
        let scale = histogram.buckets.scale
        var count = 0
        for (index, own) in histogram.counts.enumerated() {
            count += own
            let bounds = histogram.buckets.bounds
            let bound = index < bounds.count ? number(Double(bounds[index]) / scale) : "+Inf"
            let exemplar = histogram.exemplars.indices.contains(index) ? histogram.exemplars[index] : nil
            line(name + "_bucket", labels.braced(adding: "le=\"\(bound)\""), Double(count), exemplar, scale)
        }
        line(name + "_sum", labels.braced, Double(histogram.sum) / scale)
        line(name + "_count", labels.braced, Double(count))
    }

    mutating func sample(_ name: String, _ sample: Sample, _ kind: MetricKind) {
        switch (sample.value, kind) {
        case (.histogram(let snapshot), _): histogram(name, sample.labels, snapshot)
        case (.number(let value), .counter): counter(name, sample.labels, value)
        case (.number(let value), _): gauge(name, sample.labels, value)
        }
    }

    private mutating func line(
        _ name: String, _ labels: String, _ value: Double, _ exemplar: Exemplar? = nil, _ scale: Double = 1
    ) {
        text += "\(name)\(labels) \(number(value))"
        if let exemplar, format == .openMetrics {
            let at = Double(exemplar.time / 1_000_000) / 1_000
            text += " # {trace_id=\"\(exemplar.traceID.hexadecimal)\"} \(number(Double(exemplar.value) / scale)) \(at)"
        }
        text += "\n"
    }

    private func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // OpenMetrics asks for 1.0 in `le`, Prometheus writes 1; both read both.
        if value == value.rounded(), abs(value) < 1e15 {
            return format == .openMetrics ? "\(value)" : "\(Int64(value))"
        }
        return "\(value)"
    }

    func finished() -> [UInt8] { Array((format == .openMetrics ? text + "# EOF\n" : text).utf8) }
}

/// Labels as they stand in the text, without the braces.
package struct LabelText: Sendable {
    let text: String

    package static let none = LabelText([], [])

    init(_ names: [StaticString], _ values: [String]) {
        text = zip(names, values).map { "\($0)=\"\($1.escaped(quotes: true))\"" }.joined(separator: ",")
    }

    init<Label: Labels>(_ label: Label) { self.init(Label.names, label.values) }

    private init(text: String) { self.text = text }

    func adding(_ name: StaticString, _ value: String) -> LabelText {
        let own = LabelText([name], [value]).text
        return LabelText(text: text.isEmpty ? own : "\(text),\(own)")
    }

    var braced: String { text.isEmpty ? "" : "{\(text)}" }
    func braced(adding label: String) -> String { text.isEmpty ? "{\(label)}" : "{\(text),\(label)}" }
}

extension String {
    /// Backslash, line feed and, in the value of a label, the quote that would end it.
    fileprivate func escaped(quotes: Bool) -> String {
        guard utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == 0x0A || $0 == UInt8(ascii: "\"") }) else {
            return self
        }
        var text = ""
        for character in unicodeScalars {
            switch character {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\"" where quotes: text += "\\\""
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    /// All digits, also the zeros in front.
    package var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: Self.bitWidth / 4 - digits.utf8.count) + digits
    }
}
