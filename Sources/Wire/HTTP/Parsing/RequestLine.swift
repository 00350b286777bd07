/// A request line taken apart (RFC 9112 §3). Offsets are those of the bytes it was read from.
struct RequestLine {
    private(set) var method = HTTPMethod.get
    private(set) var version = HTTPVersion.http11
    private(set) var target = 0..<0
    private(set) var path = 0..<0
    private(set) var query: Range<Int>?
    /// Absolute-form only.
    private(set) var authority: Range<Int>?
    /// The path has escapes or dot segments, so routing needs a normalised copy of it.
    private(set) var needsNormalising = false

    init() {}

    @inline(__always)
    init(_ line: Range<Int>, of bytes: Span<UInt8>) throws(Rejection) {
        let targetStart = try readMethod(line, of: bytes)
        let end = try readTarget(from: targetStart, to: line.upperBound, of: bytes)
        try readVersion(end + 1..<line.upperBound, of: bytes)
    }

    /// The start of the target.
    @inline(__always)
    private mutating func readMethod(_ line: Range<Int>, of bytes: Span<UInt8>) throws(Rejection) -> Int {
        let end = bytes.firstIndex(of: .space, from: line.lowerBound, to: line.upperBound)
        let name = line.lowerBound..<end
        if let known = HTTPMethod(bytes, in: name) {
            method = known
        } else {
            guard HeaderName.isToken(bytes, in: name) else { throw Rejection(.badRequest, "invalid method") }
            guard name.count <= 32 else { throw Rejection(.notImplemented, "method too long") }
            method = .other(bytes.string(in: name))
        }
        guard end < line.upperBound else { throw Rejection(.badRequest, "request line without a target") }
        // RFC 9110 §9.3.6: CONNECT is for proxies; its authority-form target names nothing here.
        if method == .connect { throw Rejection(.notImplemented, "CONNECT is not served") }
        return end + 1
    }

    /// The end of the target.
    @inline(__always)
    private mutating func readTarget(from start: Int, to end: Int, of bytes: Span<UInt8>) throws(Rejection) -> Int {
        var pathStart = start
        guard start < end else { throw Rejection(.badRequest, "request line without a target") }
        if bytes[start] != UInt8(ascii: "/") {
            pathStart = try readUnusualForm(from: start, to: end, of: bytes)
            if method == .options, bytes[start] == UInt8(ascii: "*") { return pathStart }
        }
        var (index, seen) = (pathStart, ByteClass())
        while index < end {
            let byteClass = ByteClass(of: bytes[index])
            if byteClass.isDisjoint(with: .path) { break }
            seen.formUnion(byteClass)
            index += 1
        }
        path = pathStart..<index
        if index < end, bytes[index] == UInt8(ascii: "?") { index = try readQuery(from: index + 1, to: end, of: bytes) }
        guard index < end else { throw Rejection(.badRequest, "request line without a version") }
        guard bytes[index] == .space else { throw Rejection(.badRequest, "invalid byte in the target") }
        target = start..<index
        if !seen.isDisjoint(with: [.percent, .dot]) || path.isEmpty { try checkPath(of: bytes) }
        return index
    }

    private mutating func readQuery(from start: Int, to end: Int, of bytes: Span<UInt8>) throws(Rejection) -> Int {
        var (index, seen) = (start, ByteClass())
        while index < end {
            let byteClass = ByteClass(of: bytes[index])
            if byteClass.isDisjoint(with: .query) { break }
            seen.formUnion(byteClass)
            index += 1
        }
        query = start..<index
        if seen.contains(.percent), !PercentCoding.isValid(start..<index, in: bytes) {
            throw Rejection(.badRequest, "invalid percent-encoding in the query")
        }
        return index
    }

    /// `*` for OPTIONS, and absolute-form, which RFC 9112 §3.2.2 obliges servers to accept. Returns where the path
    /// starts, or for the asterisk where the target ends.
    private mutating func readUnusualForm(
        from start: Int, to end: Int, of bytes: Span<UInt8>
    ) throws(Rejection) -> Int {
        let targetEnd = bytes.firstIndex(of: .space, from: start, to: end)
        if method == .options, targetEnd == start + 1, bytes[start] == UInt8(ascii: "*"), targetEnd < end {
            (target, path) = (start..<targetEnd, start..<targetEnd)
            return targetEnd
        }
        let scheme = bytes.firstIndex(of: .colon, from: start, to: targetEnd)
        let isWeb =
            bytes.equals(start..<scheme, ignoringCase: "http") || bytes.equals(start..<scheme, ignoringCase: "https")
        guard isWeb, scheme + 3 <= targetEnd, bytes[scheme + 1] == UInt8(ascii: "/"),
            bytes[scheme + 2] == UInt8(ascii: "/")
        else { throw Rejection(.badRequest, "target is neither a path nor an http address") }
        var authorityEnd = scheme + 3
        while authorityEnd < targetEnd, bytes[authorityEnd] != UInt8(ascii: "/"),
            bytes[authorityEnd] != UInt8(ascii: "?")
        {
            authorityEnd += 1
        }
        guard Authority.isValid(scheme + 3..<authorityEnd, in: bytes) else {
            throw Rejection(.badRequest, "invalid authority in the target")
        }
        authority = scheme + 3..<authorityEnd
        return authorityEnd
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

    @inline(__always)
    private mutating func readVersion(_ range: Range<Int>, of bytes: Span<UInt8>) throws(Rejection) {
        guard range.count == 8 else { throw Rejection(.badRequest, "invalid version") }
        let word = bytes.word(at: range.lowerBound, length: 8)
        let minor = UInt8(truncatingIfNeeded: word >> 56)
        if word << 8 == UInt64(text: "HTTP/1.") << 8, minor.isDigit {
            // RFC 9110 §2.5: a higher minor version is served as the highest one known.
            version = minor == UInt8(ascii: "0") ? .http10 : .http11
            return
        }
        let isVersion =
            word << 24 == UInt64(text: "HTTP/") << 24 && bytes[range.lowerBound + 5].isDigit
            && bytes[range.lowerBound + 6] == UInt8(ascii: ".") && minor.isDigit
        throw isVersion
            ? Rejection(.httpVersionNotSupported, "not HTTP/1") : Rejection(.badRequest, "invalid version")
    }
}
