import Testing
import TradewindHTTP

/// A frame put together by hand, so that it can be wrong.
func wireFrame(
    _ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true, reserved: UInt8 = 0, key: [UInt8]? = nil
) -> [UInt8] {
    let mask: UInt8 = key == nil ? 0 : 0x80
    var frame = [(isFinal ? 0x80 : 0) | reserved | opcode]
    switch payload.count {
    case ...125: frame.append(mask | UInt8(payload.count))
    case ...0xFFFF: frame += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
    default: frame += [mask | 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
    }
    guard let key else { return frame + payload }
    return frame + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
}

func wireFrame(_ opcode: UInt8, _ text: String, isFinal: Bool = true, reserved: UInt8 = 0) -> [UInt8] {
    wireFrame(opcode, Array(text.utf8), isFinal: isFinal, reserved: reserved)
}

extension WebSocketParser {
    /// The events of `input`, given in pieces that end at `cuts`.
    mutating func events(in input: [UInt8], cutAt cuts: [Int] = []) -> [WebSocketEvent] {
        var events: [WebSocketEvent] = []
        var start = 0
        for end in cuts + [input.count] {
            let piece = Array(input[start..<end])
            var offset = 0
            while let event = next(in: piece.span, at: &offset) { events.append(event) }
            #expect(offset == piece.count)
            start = end
        }
        return events
    }
}

/// What a parser makes of `input`: the same when it comes whole, in single bytes, and cut in two anywhere
/// (a long one at some forty places).
func heard(
    _ input: [UInt8], by role: WebSocketRole, deflate: PerMessageDeflate? = nil, limit: Int = 16 << 20,
    sourceLocation: SourceLocation = #_sourceLocation
) -> [WebSocketEvent] {
    var whole = WebSocketParser(role, deflate: deflate, messageLimit: limit)
    let expected = whole.events(in: input)
    let step = input.count < 1000 ? 1 : input.count / 40
    let cuts = stride(from: 0, to: input.count, by: step).map { [$0] } + [Array(1..<max(input.count, 1))]
    for cut in cuts {
        var parser = WebSocketParser(role, deflate: deflate, messageLimit: limit)
        let found = parser.events(in: input, cutAt: cut)
        #expect(found == expected, "cut at \(cut.count == 1 ? cut : [])", sourceLocation: sourceLocation)
    }
    return expected
}

extension WebSocketEvent {
    static func text(_ text: String) -> Self { .message(WebSocketMessage(text)) }
    static func binary(_ bytes: [UInt8]) -> Self { .message(WebSocketMessage(.binary, bytes)) }
}
