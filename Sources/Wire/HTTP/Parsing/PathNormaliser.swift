/// RFC 3986 §5.2.4 and §6.2.2: `/a/./b/%2E%2E/%63` is `/a/c`. So that no two spellings of a path meet different routes
/// or rules. Escapes of reserved characters stay as they are: `%2F` is data, not a separator.
enum PathNormaliser {
    enum Verdict { case plain, needsNormalising, leavesRoot }

    /// Looks at a path whose escapes are valid. Dots beside an escaped slash have no honest use and count as leaving.
    static func inspect(_ path: Range<Int>, in bytes: Span<UInt8>) -> Verdict {
        var (index, depth, isPlain) = (path.lowerBound, 0, !path.isEmpty)
        while index < path.upperBound {
            let segment = Segment(from: index + 1, to: path.upperBound, in: bytes)
            switch segment.kind {
            case .hidesDots: return .leavesRoot
            case .parent:
                depth -= 1
                if depth < 0 { return .leavesRoot }
                isPlain = false
            case .current: isPlain = false
            case .name:
                depth += 1
                if segment.hasNeedlessEscapes { isPlain = false }
            }
            index = segment.end
        }
        return isPlain ? .plain : .needsNormalising
    }

    /// Writes the normalised path behind the head's bytes, where `path` is. There must be room for one byte more than
    /// the path has.
    static func write(_ path: Range<Int>, into storage: HeadStorage) -> Range<Int> {
        let start = storage.byteCount
        storage.withBytes(path) { bytes in
            var index = 0
            while index < bytes.count {
                let segment = Segment(from: index + 1, to: bytes.count, in: bytes)
                if segment.kind == .parent { removeSegment(of: storage, downTo: start) }
                if segment.kind == .name {
                    append(index + 1..<segment.end, of: bytes, to: storage)
                } else if segment.end == bytes.count {
                    storage.append(UInt8(ascii: "/"))
                }
                index = segment.end
            }
        }
        if storage.byteCount == start { storage.append(UInt8(ascii: "/")) }
        return start..<storage.byteCount
    }

    private static func append(_ segment: Range<Int>, of bytes: Span<UInt8>, to storage: HeadStorage) {
        storage.append(UInt8(ascii: "/"))
        var index = segment.lowerBound
        while index < segment.upperBound {
            if let byte = PercentCoding.escape(at: index, before: segment.upperBound, in: bytes),
                byte.belongs(to: .unreserved)
            {
                storage.append(byte)
                index += 3
            } else {
                storage.append(bytes[index])
                index += 1
            }
        }
    }

    private static func removeSegment(of storage: HeadStorage, downTo start: Int) {
        var end = storage.byteCount
        while end > start {
            end -= 1
            if storage.byte(end) == UInt8(ascii: "/") { break }
        }
        storage.truncate(to: end)
    }
}

/// What lies between two slashes.
private struct Segment {
    enum Kind { case name, current, parent, hidesDots }

    private(set) var end: Int
    private(set) var hasNeedlessEscapes = false
    private var dots = 0
    private var others = 0
    private var hasHiddenSlash = false
    private var hasHiddenDots = false

    init(from start: Int, to limit: Int, in bytes: Span<UInt8>) {
        end = start
        while end < limit, bytes[end] != UInt8(ascii: "/") {
            let escaped = PercentCoding.escape(at: end, before: limit, in: bytes)
            note(escaped ?? bytes[end], isEscaped: escaped != nil)
            end += escaped == nil ? 1 : 3
        }
    }

    private mutating func note(_ byte: UInt8, isEscaped: Bool) {
        if byte == UInt8(ascii: "/") {
            hasHiddenDots = hasHiddenDots || isDotted
            (hasHiddenSlash, dots, others) = (true, 0, 0)
        } else if byte == UInt8(ascii: ".") {
            dots += 1
        } else {
            others += 1
        }
        if isEscaped, byte.belongs(to: .unreserved) { hasNeedlessEscapes = true }
    }

    private var isDotted: Bool { others == 0 && (dots == 1 || dots == 2) }

    var kind: Kind {
        if hasHiddenSlash { return hasHiddenDots || isDotted ? .hidesDots : .name }
        if isDotted { return dots == 1 ? .current : .parent }
        return .name
    }
}
