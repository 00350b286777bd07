/// FNV-1a (RFC 9923): the same in every process and version, which Swift's hashes are not. It tells texts apart, but
/// does not withstand one who wants two to look the same.
package enum FNV1a {
    package static func bits64(of bytes: [UInt8]) -> UInt64 {
        var bits: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { bits = (bits ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return bits
    }

    package static func bits128(of bytes: [UInt8]) -> UInt128 {
        var bits: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
        for byte in bytes { bits = (bits ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013B }
        return bits
    }
}
