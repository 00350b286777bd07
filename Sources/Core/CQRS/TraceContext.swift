internal import TradewindDomain

/// Where a request stands in its trace (W3C Trace Context): continued by every span and sent on with every call and
/// message.
package struct TraceContext: Hashable, Sendable {
    package let traceID: UInt128
    package let spanID: UInt64
    package let isSampled: Bool
    /// `tracestate`: what other vendors want carried along.
    package let state: String?

    package init(traceID: UInt128, spanID: UInt64, isSampled: Bool, state: String? = nil) {
        (self.traceID, self.spanID, self.isSampled, self.state) = (traceID, spanID, isSampled, state)
    }

    /// The same trace, below another span.
    package func below(_ spanID: UInt64) -> TraceContext {
        TraceContext(traceID: traceID, spanID: spanID, isSampled: isSampled, state: state)
    }

    /// The same place, at which nobody looks.
    package var unsampled: TraceContext {
        TraceContext(traceID: traceID, spanID: spanID, isSampled: false, state: state)
    }

    /// §3.2: `00-<32 digits>-<16 digits>-<2 digits>` in lower case, no id all zero. A later version may go on behind
    /// another dash; ff is none. §3.3.1.1 lets a state of more than 512 characters be dropped.
    package init?(parent: String, state: String? = nil) {
        let parts = parent.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 4, let version: UInt8 = Self.digits(parts[0], 2), version != 0xFF,
            version > 0 || parts.count == 4, let traceID: UInt128 = Self.digits(parts[1], 32), traceID != 0,
            let spanID: UInt64 = Self.digits(parts[2], 16), spanID != 0, let flags: UInt8 = Self.digits(parts[3], 2)
        else { return nil }
        let kept = state.flatMap { 1...512 ~= $0.utf8.count ? $0 : nil }
        self.init(traceID: traceID, spanID: spanID, isSampled: flags & 1 != 0, state: kept)
    }

    package var parent: String {
        var text = DigitText<55>()
        text.put(UInt64(truncatingIfNeeded: traceID >> 64), at: 3)
        text.put(UInt64(truncatingIfNeeded: traceID), at: 19)
        text.put(spanID, at: 36)
        text.put("-", at: 2)
        text.put("-", at: 35)
        text.put("-", at: 52)
        if isSampled { text.put("1", at: 54) }
        return text.text
    }

    private static func digits<Number: FixedWidthInteger>(_ text: Substring.UTF8View, _ count: Int) -> Number? {
        guard text.count == count else { return nil }
        var value: Number = 0
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | Number(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | Number(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }
}
