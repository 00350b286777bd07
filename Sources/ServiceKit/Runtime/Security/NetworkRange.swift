/// Addresses that begin alike: `10.0.0.0/8`, `fd00::/8`, or a single one. An address of IPv4 is the same whether it is
/// written so or inside IPv6 (RFC 4291 §2.5.5.2).
package struct NetworkRange: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    private let start: UInt128
    private let mask: UInt128

    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = Self.bits(of: parts[0]) else { return nil }
        let width = parts[0].contains(":") ? 128 : 32
        guard parts.count == 1 || !parts[1].isEmpty && parts[1].utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            let length = parts.count == 1 ? width : Int(parts[1]), 0...width ~= length
        else { return nil }
        mask = UInt128.max << UInt128(width - length)
        start = address & mask
        description = text
    }

    package func contains(_ address: String) -> Bool {
        Self.bits(of: address[...]).map { $0 & mask == start } ?? false
    }

    /// Whether that is an address at all.
    static func isAddress(_ text: String) -> Bool { bits(of: text[...]) != nil }

    private static func bits(of text: Substring) -> UInt128? {
        guard text.utf8.count <= 45 else { return nil }
        return text.contains(":") ? bits(ofIPv6: text) : bits(ofIPv4: text).map { UInt128(0xFFFF) << 32 | UInt128($0) }
    }

    private static func bits(ofIPv4 text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        return parts.reduce(0) { (bits: UInt32?, part) in
            guard let bits, 1...3 ~= part.utf8.count, part.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
                let byte = UInt8(part)
            else { return nil }
            return bits << 8 | UInt32(byte)
        }
    }

    private static func bits(ofIPv6 text: Substring) -> UInt128? {
        var text = text
        // The last two groups may be written as IPv4.
        if text.contains("."), let colon = text.lastIndex(of: ":") {
            guard let tail = bits(ofIPv4: text[text.index(after: colon)...]) else { return nil }
            text = text[...colon] + String(tail >> 16, radix: 16) + ":" + String(tail & 0xFFFF, radix: 16)
        }
        // The first `::` stands for the zeros that are left out; a second is empty groups, which are none.
        let halves = text.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        guard let head = groups(halves[0]) else { return nil }
        guard halves.count == 2 else { return head.count == 8 ? bits(of: head) : nil }
        guard let tail = groups(halves[1]), head.count + tail.count < 8 else { return nil }
        return bits(of: head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
    }

    private static func groups(_ text: Substring) -> [UInt16]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let groups = parts.compactMap { part in
            1...4 ~= part.utf8.count && part.utf8.first != UInt8(ascii: "+") ? UInt16(part, radix: 16) : nil
        }
        return groups.count == parts.count ? groups : nil
    }

    private static func bits(of groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }
}
