// The two loops of WebSocket that every payload byte passes, eight bytes at a time.
// Safety: each load and store is guarded by the loop's own comparison with the count.

extension [UInt8] {
    /// Appends `bytes` XORed with the masking key (RFC 6455 §5.3), whose first byte on the wire is the highest of `key`.
    /// `phase` is how many payload bytes of the frame went before.
    mutating func append(_ bytes: Span<UInt8>, masking key: UInt32, phase: Int = 0) {
        let shift = UInt32(truncatingIfNeeded: phase & 3) * 8
        let turned = key << shift | (shift == 0 ? 0 : key >> (32 - shift))
        let word = (UInt64(turned) << 32 | UInt64(turned)).bigEndian
        append(addingCapacity: bytes.count) { free in
            unsafe free.withUnsafeMutableBufferPointer { target, count in
                let target = UnsafeMutableRawBufferPointer(target)
                unsafe bytes.withUnsafeBytes { source in
                    var at = 0
                    while at &+ 8 <= source.count {
                        let plain = unsafe source.loadUnaligned(fromByteOffset: at, as: UInt64.self) ^ word
                        unsafe target.storeBytes(of: plain, toByteOffset: at, as: UInt64.self)
                        at &+= 8
                    }
                    while at < source.count {
                        unsafe target[at] = source[at] ^ UInt8(truncatingIfNeeded: turned >> UInt32(24 - (at & 3) * 8))
                        at &+= 1
                    }
                }
                count = bytes.count
            }
        }
    }

    mutating func append(span bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}

extension Span<UInt8> {
    /// The first index from `start` on that may not be ASCII.
    func endOfASCII(from start: Int) -> Int {
        unsafe withUnsafeBytes { bytes in
            var at = start
            while at &+ 32 <= bytes.count {
                let words = unsafe bytes.loadUnaligned(fromByteOffset: at, as: SIMD4<UInt64>.self)
                guard (words & 0x8080_8080_8080_8080) == .zero else { break }
                at &+= 32
            }
            while at < bytes.count, unsafe bytes[at] < 0x80 { at &+= 1 }
            return at
        }
    }
}
