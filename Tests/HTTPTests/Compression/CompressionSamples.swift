/// The bytes that hexadecimal digits spell; spaces are for the reader.
func fromHex(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// SplitMix64: the same numbers for the same seed on every machine.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }
}

/// Nothing, one byte, a word, JSON that compresses well, noise, and a bomb.
let deflateSamples: [[UInt8]] = {
    var generator = SplitMix64(seed: 7)
    return [
        [], [0x41], Array("tradewind ".utf8),
        Array(String(repeating: #"{"id":"0190","total":"12.50"},"#, count: 3000).utf8),
        generator.bytes(70_000), Array(repeating: 0, count: 200_000),
    ]
}()
