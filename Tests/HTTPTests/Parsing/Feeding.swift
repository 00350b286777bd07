import Testing
import TradewindHTTP

/// The ways in which a network may cut a message into pieces.
enum Feeding: Sendable, CustomStringConvertible {
    case whole, byteByByte
    case split(at: Int)

    static func all(for count: Int) -> [Feeding] {
        [.whole, .byteByByte] + (1..<max(count, 2)).map { .split(at: $0) }
    }

    /// How many bytes have arrived after each piece.
    func arrivals(of count: Int) -> [Int] {
        switch self {
        case .whole: [count]
        case .byteByByte: Array(1...max(count, 1))
        case .split(let index): [min(index, count), count]
        }
    }

    var description: String {
        switch self {
        case .whole: "whole"
        case .byteByByte: "byte by byte"
        case .split(let index): "split at \(index)"
        }
    }
}

extension RequestHeadParser.Step {
    /// Everything that a head says, as text, so that two ways of feeding can be compared.
    var summary: String {
        switch self {
        case .needMore: return "need more"
        case .reject(let rejection): return "\(rejection.status.code) \(rejection.reason)"
        case .head(let head, let consumed):
            let fields = head.headers.map { "\($0.name): \($0.value)" }.joined(separator: "|")
            return "\(head.method) \(head.target) \(head.path) \(head.query ?? "-") \(head.version) \(head.framing) "
                + "\(head.keepsAlive) \(head.expectsContinue) \(head.wantsUpgrade) \(consumed) \(fields)"
        }
    }
}

extension RequestHeadParser.Step {
    var head: RequestHead {
        get throws {
            guard case .head(let head, _) = self else {
                Issue.record("no head: \(summary)")
                throw NoHead()
            }
            return head
        }
    }
    struct NoHead: Error {}

    var consumed: Int? {
        if case .head(_, let consumed) = self { consumed } else { nil }
    }
}

/// The first answer to the bytes that is not "need more".
func parseRequest(_ bytes: [UInt8], _ feeding: Feeding = .whole, limits: HeadLimits = HeadLimits())
    -> RequestHeadParser.Step
{
    var parser = RequestHeadParser(limits: limits)
    for count in feeding.arrivals(of: bytes.count) {
        let step = parser.parse(bytes.span.extracting(first: min(count, bytes.count)))
        if case .needMore = step { continue }
        return step
    }
    return .needMore
}
