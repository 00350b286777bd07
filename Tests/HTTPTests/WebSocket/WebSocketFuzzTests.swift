import Testing
import TradewindHTTP
import TradewindLocks

@Suite struct `A hostile WebSocket` {
    static let corpus: [[UInt8]] = [
        wireFrame(1, "grüße", isFinal: false) + wireFrame(9, "p") + wireFrame(0, " aus Köln")
            + wireFrame(8, [0x03, 0xE8, 0x41]),
        wireFrame(2, Array(deflateSamples[3].prefix(300))) + wireFrame(1, "a") + wireFrame(10),
        fromHex("c1 07 f248cdc9c90700 c1 0b 000500faff48656c6c6f00 c1 08 f348cdc9c9070000 41 03 f248cd 80 04 c9c90700"),
        fromHex("81 85 37fa213d 7f9f4d5158  8a 85 37fa213d 7f9f4d5158 82 fe 0080 01020304")
            + deflateSamples[5].prefix(128),
        fromHex(
            "c1b237fa213d9dac0b941bb2748f65300e777ed7f37619b06c117eb770ef66306d3c3de039672dfaf818cedfa804775480aca953a06f1afa"
        ),
    ]

    @Test(arguments: 0..<100)
    func `mutated frames never crash, exceed the limit or depend on the cuts`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var input = Self.corpus[Int(seed) % Self.corpus.count]
        for _ in 0..<Int.random(in: 1...5, using: &generator) {
            let place = Int.random(in: 0..<input.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: input[place] = generator.bytes(1)[0]
            case 1: input[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: input.insert(contentsOf: generator.bytes(2), at: place)
            case 3: input.removeSubrange(place..<min(place + 2, input.count - 1))
            default: input += input[place...]
            }
        }
        for role in WebSocketRole.allCases {
            for deflate in [nil, PerMessageDeflate(), `Compressed messages`.kept] {
                check(heard(input, by: role, deflate: deflate, limit: 256))
            }
        }
    }

    private func check(_ events: [WebSocketEvent]) {
        for (index, event) in events.enumerated() {
            switch event {
            case .message(let message):
                #expect(message.bytes.count <= 256)
                if message.kind == .text { #expect(String(validating: message.bytes, as: UTF8.self) != nil) }
            case .ping(let payload), .pong(let payload): #expect(payload.count <= 125)
            case .close, .violation: #expect(index == events.count - 1)
            }
        }
    }
}

/// Masking keys in the order given.
final class KeyList: Sendable {
    private let rest: Lock<[UInt32]>
    init(_ keys: [UInt32]) { rest = Lock(keys) }

    var isUsedUp: Bool { rest.withLock { $0.isEmpty } }

    @Sendable func next() -> UInt32 { rest.withLock { $0.isEmpty ? 0 : $0.removeFirst() } }
}
