/// A path with places in it: `/api/orders/:id`, `/files/*path`. A parameter is one segment that is not empty; a tail,
/// only at the end, is all that remains, which may be nothing. Slashes at the end count: `/a` is not `/a/`.
package final class RouteTemplate: Sendable {
    package let text: String
    package let parameterNames: [String]
    let segments: [Segment]

    enum Segment: Equatable {
        case literal([UInt8])
        case parameter(String)
        case tail(String)
    }

    /// So many parameters fit in a match without allocation.
    package static let mostParameters = 8

    package init(_ text: String) throws(RouteError) {
        guard text.hasPrefix("/") else { throw RouteError("The route \(text) does not start with a slash.") }
        let parts = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var segments: [Segment] = []
        var names: [String] = []
        for (index, part) in parts.enumerated() {
            let segment = try RouteTemplate.segment(part, of: text)
            segments.append(segment)
            guard let name = segment.name else { continue }
            if names.contains(name) { throw RouteError("The route \(text) has two parameters named \(name).") }
            if case .tail = segment, index < parts.count - 1 {
                throw RouteError("The route \(text) goes on after *\(name), which takes all that remains.")
            }
            names.append(name)
        }
        guard names.count <= RouteTemplate.mostParameters else {
            throw RouteError("The route \(text) has more than \(RouteTemplate.mostParameters) parameters.")
        }
        (self.text, self.segments, parameterNames) = (text, segments, names)
    }

    private static func segment(_ part: Substring, of text: String) throws(RouteError) -> Segment {
        guard part.first == ":" || part.first == "*" else {
            let literal = Array(part.utf8)
            let canMatch = literal.allSatisfy { $0.belongs(to: .path) } && part != "." && part != ".."
            if canMatch { return .literal(literal) }
            throw RouteError("No path can match the route \(text): write \(part) percent-encoded.")
        }
        let name = String(part.dropFirst())
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy { $0.isDigit || $0.lowercased &- 0x61 < 26 || $0 == UInt8(ascii: "_") }
        guard isName else { throw RouteError("The route \(text) has a parameter without a plain name: \(part).") }
        return part.first == ":" ? .parameter(name) : .tail(name)
    }
}

extension RouteTemplate.Segment {
    var name: String? {
        switch self {
        case .literal: nil
        case .parameter(let name), .tail(let name): name
        }
    }
}

/// Routes that cannot be served together, or at all: a sentence for the one who wrote them.
package struct RouteError: Error, CustomStringConvertible, Sendable {
    package let description: String
    init(_ description: String) { self.description = description }
}

/// Where the parameters of a matched route stand in the path. Text is made when asked for.
package struct PathParameters: Sendable {
    package let template: RouteTemplate
    let places: PathPlaces

    package var count: Int { places.count }

    /// Where the parameter stands in the path that was matched, escapes and all. Nil for a name the template lacks.
    package func range(_ name: String) -> Range<Int>? {
        template.parameterNames.firstIndex(of: name).map { places[$0] }
    }

    /// The decoded text. `path` must be the one that was matched.
    package func value(_ name: String, in path: Span<UInt8>) -> String? {
        guard let range = range(name), range.upperBound <= path.count else { return nil }
        return PercentCoding.decode(range, of: path, plusIsSpace: false)
    }

    package func value(_ name: String, in head: RequestHead) -> String? { head.withPath { value(name, in: $0) } }
}

/// Up to eight parts of a path, in half a cache line.
struct PathPlaces {
    static let longestPath = Int(UInt16.max)

    private var starts = SIMD8<UInt16>()
    private var ends = SIMD8<UInt16>()
    private(set) var count = 0

    subscript(_ index: Int) -> Range<Int> { Int(starts[index])..<Int(ends[index]) }

    mutating func push(_ range: Range<Int>) {
        guard count < RouteTemplate.mostParameters else { return }
        starts[count] = UInt16(truncatingIfNeeded: range.lowerBound)
        ends[count] = UInt16(truncatingIfNeeded: range.upperBound)
        count += 1
    }

    mutating func pop() { count = max(0, count - 1) }
}
