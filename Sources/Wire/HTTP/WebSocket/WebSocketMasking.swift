extension [UInt8] {
    /// Appends `bytes` XORed with the masking key (RFC 6455 §5.3), whose first byte on the wire is the highest of
    /// `key`.
    /// `phase` is how many payload bytes of the frame went before. Eight bytes at a time, which the compiler widens.
    // Safety: each load and store is guarded by the loop's own comparison with the count, which both buffers have.
    mutating func append(_ bytes: Span<UInt8>, masking key: UInt32, phase: Int = 0) {
        // Swift 6.3 writes the count of the array that all empty ones share when nothing is appended to one of them.
        if bytes.isEmpty { return }
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

    // Safety: the buffer is only read, inside the call that lends it.
    mutating func append(span bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
