/// `host[:port]` as Host fields and absolute-form targets hold it (RFC 9110 §4.2, §7.2).
enum Authority {
    static func isValid(_ range: Range<Int>, in bytes: Span<UInt8>) -> Bool {
        guard !range.isEmpty else { return false }
        var index = range.lowerBound
        if bytes[index] == 0x5B {
            guard let end = endOfAddress(range, in: bytes) else { return false }
            index = end
        } else {
            while index < range.upperBound, bytes[index].belongs(to: .host) { index += 1 }
            if index == range.lowerBound { return false }
        }
        if index == range.upperBound { return true }
        return bytes[index] == .colon && isPort(index + 1..<range.upperBound, in: bytes)
    }

    /// The index behind the bracket that closes an IPv6 address. Its inner grammar is nobody's risk here.
    private static func endOfAddress(_ range: Range<Int>, in bytes: Span<UInt8>) -> Int? {
        var index = range.lowerBound + 1
        while index < range.upperBound, bytes[index].belongs(to: .hex) || bytes[index] == .colon || bytes[index] == 0x2E
        {
            index += 1
        }
        let isClosed = index < range.upperBound && bytes[index] == 0x5D && index > range.lowerBound + 2
        return isClosed ? index + 1 : nil
    }

    /// RFC 3986 §3.2.3 allows an empty port.
    private static func isPort(_ range: Range<Int>, in bytes: Span<UInt8>) -> Bool {
        if range.isEmpty { return true }
        guard range.count <= 5, let port = bytes.decimal(in: range) else { return false }
        return port <= 65_535
    }
}
