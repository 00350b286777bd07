import TradewindJSON

/// Chance that is the same in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    /// Of any length in digits.
    mutating func int128() -> Int128 {
        let whole = Int128(truncatingIfNeeded: next()) << 64 | Int128(truncatingIfNeeded: next())
        return whole >> Int128(next() % 128)
    }

    mutating func string() -> String {
        let alphabet: [Character] = [
            "a", "z", "0", " ", "\"", "\\", "/", "\n", "\u{0}", "\u{1F}", "\u{7F}", "é", "€", "𝄞", "\u{2028}",
            "e\u{301}",
        ]
        return String((0..<Int(next() % 24)).compactMap { _ in alphabet.randomElement(using: &self) })
    }

    mutating func number() -> JSONNumber {
        switch next() % 4 {
        case 0: JSONNumber(Int.random(in: -1000...1000, using: &self))
        case 1: JSONNumber(Double(bitPattern: next())) ?? JSONNumber(0)
        case 2: ExactDecimal(int128(), scale: Int(next() % 39)).map(JSONNumber.init) ?? JSONNumber(0)
        default: JSONNumber("\(next())\(next())e-\(next() % 500)") ?? JSONNumber(0)
        }
    }

    mutating func value(depth: Int) -> JSONValue {
        switch next() % (depth == 0 ? 4 : 6) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &self))
        case 2: return .number(number())
        case 3: return .string(string())
        case 4: return .array((0..<Int(next() % 5)).map { _ in value(depth: depth - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<Int(next() % 5) { object[string()] = value(depth: depth - 1) }
            return .object(object)
        }
    }
}
