/// A request line taken apart (RFC 9112 §3). Offsets are those of the bytes it was read from.
struct RequestLine {
    private(set) var method = 0..<0
    /// `HTTPMethod.slot`, or 255 for a method without a case of its own.
    private(set) var methodSlot = UInt8.max
    private(set) var version = HTTPVersion.http11
    private(set) var target = 0..<0
    private(set) var path = 0..<0
    private(set) var query: Range<Int>?
    /// Absolute-form only.
    private(set) var authority: Range<Int>?
    /// The path has escapes or dot segments, so routing needs a normalised copy of it.
    private(set) var needsNormalising = false

    init() {}

    /// The version is read first: what an HTTP/2 client says besides need not make sense to us.
    @inline(__always)
    init(_ line: Range<Int>, of bytes: Span<UInt8>) throws(Rejection) {
        let targetEnd = line.upperBound - 9
        guard targetEnd > line.lowerBound, bytes[targetEnd] == .space else {
            throw Rejection(.badRequest, "request line without a version")
        }
        version = try RequestLine.version(bytes.word(at: targetEnd + 1, length: 8))
        let methodEnd = bytes.firstIndex(of: .space, from: line.lowerBound, to: targetEnd)
        method = line.lowerBound..<methodEnd
        methodSlot = try RequestLine.slot(of: method, in: bytes)
        guard methodEnd + 1 < targetEnd else { throw Rejection(.badRequest, "request line without a target") }
        target = methodEnd + 1..<targetEnd
        if bytes[target.lowerBound] == UInt8(ascii: "/") {
            try readPath(from: target.lowerBound, of: bytes)
        } else {
            try readUnusualForm(of: bytes)
        }
    }

    @inline(__always)
    private static func version(_ word: UInt64) throws(Rejection) -> HTTPVersion {
        let minor = UInt8(truncatingIfNeeded: word >> 56)
        if word << 8 == UInt64(text: "HTTP/1.") << 8, minor.isDigit {
            // RFC 9110 §2.5: a higher minor version is served as the highest one known.
            return minor == UInt8(ascii: "0") ? .http10 : .http11
        }
        let isVersion =
            word << 24 == UInt64(text: "HTTP/") << 24 && UInt8(truncatingIfNeeded: word >> 40).isDigit
            && UInt8(truncatingIfNeeded: word >> 48) == UInt8(ascii: ".") && minor.isDigit
        throw isVersion
            ? Rejection(.httpVersionNotSupported, "not HTTP/1") : Rejection(.badRequest, "invalid version")
    }

    @inline(__always)
    private static func slot(of name: Range<Int>, in bytes: Span<UInt8>) throws(Rejection) -> UInt8 {
        guard let known = HTTPMethod.slot(of: name, in: bytes) else {
            guard HeaderName.isToken(bytes, in: name) else { throw Rejection(.badRequest, "invalid method") }
            guard name.count <= 32 else { throw Rejection(.notImplemented, "method too long") }
            return .max
        }
        // RFC 9110 §9.3.6: CONNECT is for proxies; its authority-form target names nothing here.
        if known == HTTPMethod.connect.slot { throw Rejection(.notImplemented, "CONNECT is not served") }
        return UInt8(truncatingIfNeeded: known)
    }

    @inline(__always)
    private mutating func readPath(from start: Int, of bytes: Span<UInt8>) throws(Rejection) {
        var (index, seen) = (start, ByteClass())
        while index < target.upperBound {
            let byteClass = ByteClass(of: bytes[index])
            if byteClass.isDisjoint(with: .path) { break }
            seen.formUnion(byteClass)
            index += 1
        }
        path = start..<index
        if index < target.upperBound {
            guard bytes[index] == UInt8(ascii: "?") else { throw Rejection(.badRequest, "invalid byte in the path") }
            try readQuery(index + 1..<target.upperBound, of: bytes)
        }
        if !seen.isDisjoint(with: [.percent, .dot]) || path.isEmpty { try checkPath(of: bytes) }
    }

    private mutating func readQuery(_ range: Range<Int>, of bytes: Span<UInt8>) throws(Rejection) {
        var seen = ByteClass()
        for index in range {
            let byteClass = ByteClass(of: bytes[index])
            guard byteClass.contains(.query) else { throw Rejection(.badRequest, "invalid byte in the query") }
            seen.formUnion(byteClass)
        }
        if seen.contains(.percent), !PercentCoding.isValid(range, in: bytes) {
            throw Rejection(.badRequest, "invalid percent-encoding in the query")
        }
        query = range
    }

    /// For paths with a `%` or a `.`, and the empty path of absolute-form.
    private mutating func checkPath(of bytes: Span<UInt8>) throws(Rejection) {
        guard PercentCoding.isValid(path, in: bytes) else {
            throw Rejection(.badRequest, "invalid percent-encoding in the path")
        }
        switch PathNormaliser.inspect(path, in: bytes) {
        case .plain: break
        case .needsNormalising: needsNormalising = true
        case .leavesRoot: throw Rejection(.badRequest, "path leaves the root")
        }
    }

    /// `*` for OPTIONS, and absolute-form, which RFC 9112 §3.2.2 obliges servers to accept.
    private mutating func readUnusualForm(of bytes: Span<UInt8>) throws(Rejection) {
        let isOptions = HTTPMethod.options.slot == Int(methodSlot)
        if isOptions, target.count == 1, bytes[target.lowerBound] == UInt8(ascii: "*") {
            path = target
            return
        }
        let colon = bytes.firstIndex(of: .colon, from: target.lowerBound, to: target.upperBound)
        let scheme = target.lowerBound..<colon
        let start = colon + 3
        guard bytes.equals(scheme, ignoringCase: "http") || bytes.equals(scheme, ignoringCase: "https"),
            start <= target.upperBound, bytes[colon + 1] == UInt8(ascii: "/"), bytes[colon + 2] == UInt8(ascii: "/")
        else { throw Rejection(.badRequest, "target is neither a path nor an http address") }
        let end = min(
            bytes.firstIndex(of: UInt8(ascii: "/"), from: start, to: target.upperBound),
            bytes.firstIndex(of: UInt8(ascii: "?"), from: start, to: target.upperBound))
        guard Authority.isValid(start..<end, in: bytes) else {
            throw Rejection(.badRequest, "invalid authority in the target")
        }
        authority = start..<end
        try readPath(from: end, of: bytes)
    }
}
