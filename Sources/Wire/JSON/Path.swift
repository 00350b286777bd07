/// The way from the root of a document to a value in it.
struct Path {
    enum Step {
        case name(String)
        case index(Int)
    }

    var steps: [Step] = []
    /// The prefix ends with the brace of an object, which has no name yet.
    private var isAtBrace = false

    /// The way to whatever comes next after `prefix`, the beginning of a text that the scanner accepts or the writer
    /// wrote. Reading it off the bytes keeps all bookkeeping out of the path that succeeds.
    ///
    /// Safety: `prefix` must be readable for `count` bytes.
    init(after prefix: UnsafePointer<UInt8>, count: Int) {
        var at = 0
        var name = 0..<0
        while at < count {
            let byte = unsafe prefix[at]
            at += 1
            isAtBrace = byte == UInt8(ascii: "{")
            switch byte {
            case UInt8(ascii: "\""):
                name = unsafe Self.string(in: prefix, from: at, to: count)
                at = name.upperBound + 1
            case UInt8(ascii: "{"): steps.append(.name(""))
            case UInt8(ascii: "["): steps.append(.index(0))
            case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = steps.popLast()
            case UInt8(ascii: ":"):
                _ = steps.popLast()
                steps.append(.name(unsafe Self.unescaped(prefix + name.lowerBound, count: name.count)))
            case UInt8(ascii: ","):
                if case .index(let index) = steps.last { steps[steps.count - 1] = .index(index + 1) }
            default: break
            }
        }
        if isAtBrace { _ = steps.popLast() }
    }

    /// The way to the innermost array or object that the prefix leaves open.
    var container: Path {
        var path = self
        if !isAtBrace { _ = path.steps.popLast() }
        return path
    }

    init(_ codingPath: [any CodingKey]) {
        steps = codingPath.map { key in key.intValue.map(Step.index) ?? .name(key.stringValue) }
    }

    var codingPath: [any CodingKey] { steps.map(PathKey.init) }

    private static func string(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Range<Int> {
        var at = start
        while at < end, unsafe text[at] != UInt8(ascii: "\"") {
            at += unsafe text[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        return start..<max(start, min(at, end))
    }

    private static func unescaped(_ text: UnsafePointer<UInt8>, count: Int) -> String {
        unsafe String(unsafeUninitializedCapacity: count) { unsafe unescape(text, count: count, into: $0) }
    }
}

extension Path: CustomStringConvertible {
    /// `items[0].price`
    var description: String {
        var text = ""
        for step in steps {
            switch step {
            case .index(let index): text += "[\(index)]"
            case .name(let name): text += text.isEmpty ? name : ".\(name)"
            }
        }
        return text
    }
}

/// A step as Codable's paths want it.
struct PathKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ step: Path.Step) {
        switch step {
        case .name(let name): (stringValue, intValue) = (name, nil)
        case .index(let index): (stringValue, intValue) = ("Index \(index)", index)
        }
    }

    init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
    init(intValue: Int) { self.init(.index(intValue)) }
}
