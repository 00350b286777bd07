/// Hundredths, for what needs no more: a confidence of 0.85, a reward of 2.5 times the risk.
package struct Ratio: Hashable, Comparable, Sendable {
    package let hundredths: Int

    package init(hundredths: Int) { self.hundredths = hundredths }

    package static func < (a: Ratio, b: Ratio) -> Bool { a.hundredths < b.hundredths }
}

extension Ratio: CustomStringConvertible {
    package var description: String {
        let (whole, part) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(hundredths < 0 ? "-" : "")\(whole).\(part < 10 ? "0" : "")\(part)"
    }
}
