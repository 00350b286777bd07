/// Collects field lines and what those say that decide about framing and connection (RFC 9110 §5, RFC 9112 §6).
/// The same for requests and responses.
struct FieldLines {
    private let isRequest: Bool
    /// Entries beyond `count` are left from earlier heads: emptying an array costs more than overwriting it.
    private var fields: [HeadField] = []
    private(set) var count = 0
    private(set) var flags: HeadFlags = []
    private(set) var contentLength = 0

    init(ofRequest isRequest: Bool) { self.isRequest = isRequest }

    mutating func removeAll() {
        (count, flags, contentLength) = (0, [], 0)
    }

    /// Takes one line, whose bytes hold no control but TAB. Offsets are kept relative to `origin`.
    @inline(__always)
    mutating func add(_ line: Range<Int>, of bytes: Span<UInt8>, origin: Int, limits: HeadLimits) throws(Rejection) {
        guard count < limits.fieldCount else {
            throw Rejection(.requestHeaderFieldsTooLarge, "too many header fields")
        }
        let colon = bytes.firstIndex(of: .colon, from: line.lowerBound, to: line.upperBound)
        let name = line.lowerBound..<colon
        let known = KnownHeaderTable.find(bytes, in: name)
        if known == nil || colon == line.upperBound { try FieldLines.checkName(name, in: line, of: bytes) }
        let value = bytes.trimmed(colon + 1, line.upperBound)
        store(
            HeadField(
                nameStart: UInt32(truncatingIfNeeded: name.lowerBound - origin),
                valueStart: UInt32(truncatingIfNeeded: value.lowerBound - origin),
                valueLength: UInt32(truncatingIfNeeded: value.count),
                nameLength: UInt16(truncatingIfNeeded: name.count), known: known))
        switch known {
        case .host, .connection, .contentLength, .transferEncoding, .expect, .upgrade:
            try note(known, value, of: bytes)
        default: break
        }
    }

    @inline(__always)
    private mutating func store(_ field: HeadField) {
        if count < fields.count { fields[count] = field } else { fields.append(field) }
        count += 1
    }

    func first(_ known: KnownHeader) -> HeadField? { fields.prefix(count).first { $0.known == known } }

    func withFields<R>(_ body: (Span<HeadField>) -> R) -> R { body(fields.span.extracting(first: count)) }

    private static func checkName(_ name: Range<Int>, in line: Range<Int>, of bytes: Span<UInt8>) throws(Rejection) {
        guard name.upperBound < line.upperBound else { throw Rejection(.badRequest, "field line without a colon") }
        let first = bytes[line.lowerBound]
        if first == .space || first == .tab { throw Rejection(.badRequest, "folded or indented field line") }
        guard HeaderName.isToken(bytes, in: name) else { throw Rejection(.badRequest, "invalid field name") }
    }

    private mutating func note(_ known: KnownHeader?, _ value: Range<Int>, of bytes: Span<UInt8>) throws(Rejection) {
        switch known {
        case .connection: noteConnection(value, of: bytes)
        case .contentLength: try noteContentLength(value, of: bytes)
        case .transferEncoding: try noteTransferEncoding(value, of: bytes)
        case .upgrade: flags.insert(.upgrade)
        case .host where isRequest: try noteHost(value, of: bytes)
        case .expect where isRequest: try noteExpect(value, of: bytes)
        default: break
        }
    }

    private mutating func noteHost(_ value: Range<Int>, of bytes: Span<UInt8>) throws(Rejection) {
        guard !flags.contains(.host) else { throw Rejection(.badRequest, "repeated Host") }
        guard Authority.isValid(value, in: bytes) else { throw Rejection(.badRequest, "invalid Host") }
        flags.insert(.host)
    }

    private mutating func noteConnection(_ value: Range<Int>, of bytes: Span<UInt8>) {
        var members = ListMembers(value)
        while let member = members.next(in: bytes) {
            switch member.count {
            case 5 where bytes.equals(member, ignoringCase: "close"): flags.insert(.close)
            case 7 where bytes.equals(member, ignoringCase: "upgrade"): flags.insert(.connectionUpgrade)
            case 10 where bytes.equals(member, ignoringCase: "keep-alive"): flags.insert(.keepAlive)
            default: break
            }
        }
    }

    /// RFC 9110 §8.6 lets a recipient accept equal repeats; we do not, so that nobody can read them otherwise.
    private mutating func noteContentLength(_ value: Range<Int>, of bytes: Span<UInt8>) throws(Rejection) {
        guard !flags.contains(.contentLength) else { throw Rejection(.badRequest, "repeated Content-Length") }
        guard !flags.contains(.chunked) else { throw FieldLines.bothFramings }
        guard let length = bytes.decimal(in: value) else { throw Rejection(.badRequest, "invalid Content-Length") }
        contentLength = length
        flags.insert(.contentLength)
    }

    /// We serve `chunked` and nothing else. A coding after it, or it again, would leave the end unknown (RFC 9112
    /// §6.1).
    private mutating func noteTransferEncoding(_ value: Range<Int>, of bytes: Span<UInt8>) throws(Rejection) {
        guard !flags.contains(.contentLength) else { throw FieldLines.bothFramings }
        guard !flags.contains(.chunked) else { throw Rejection(.badRequest, "chunked is not the last coding") }
        if bytes.equals(value, ignoringCase: "chunked") {
            flags.insert(.chunked)
            return
        }
        var (chunked, members) = (0, ListMembers(value))
        var endsChunked = false
        while let member = members.next(in: bytes) {
            guard !member.isEmpty, HeaderName.isToken(bytes, in: member.prefixRange(in: bytes, before: 0x3B)) else {
                throw Rejection(.badRequest, "invalid Transfer-Encoding")
            }
            endsChunked = bytes.equals(member, ignoringCase: "chunked")
            if endsChunked { chunked += 1 }
        }
        if chunked > 1 || chunked == 1 && !endsChunked {
            throw Rejection(.badRequest, "chunked is not the last coding")
        }
        throw Rejection(.notImplemented, "unknown transfer coding")
    }

    private mutating func noteExpect(_ value: Range<Int>, of bytes: Span<UInt8>) throws(Rejection) {
        guard bytes.equals(value, ignoringCase: "100-continue") else {
            throw Rejection(.expectationFailed, "unknown expectation")
        }
        flags.insert(.expectsContinue)
    }

    // RFC 9112 §6.3: either alone would do, both together are an attempt at smuggling, so reject, do not choose.
    private static let bothFramings = Rejection(.badRequest, "both Content-Length and Transfer-Encoding")
}

extension Range<Int> {
    /// The part before the first `byte`, without white space at its end.
    fileprivate func prefixRange(in bytes: Span<UInt8>, before byte: UInt8) -> Range<Int> {
        bytes.trimmed(lowerBound, bytes.firstIndex(of: byte, from: lowerBound, to: upperBound))
    }
}

extension Span<UInt8> {
    /// Digits only, at most 18 of them: no sign, no space, no list, no overflow.
    func decimal(in range: Range<Int>) -> Int? {
        guard !range.isEmpty, range.count <= 18 else { return nil }
        var number = 0
        for index in range {
            guard self[index].isDigit else { return nil }
            number = number &* 10 &+ Int(self[index] &- 0x30)
        }
        return number
    }
}
