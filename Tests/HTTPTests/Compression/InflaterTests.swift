import Testing
import TradewindHTTP

@Suite struct `Inflating` {
    /// Written by Python's gzip and zlib.
    static let foreign: [(CompressionFormat, String, String)] = [
        (
            .gzip,
            """
            1f8b080800f1536502ff71756f7465732e637376002baecc4dcacfd12928ca4c4ee5720d0d0a0d76d131d433b03031e52a264b0a00aa
            fcf28a51000000
            """,
            "symbol,price\nEURUSD,1.0845\nsymbol,price\nEURUSD,1.0845\nsymbol,price\nEURUSD,1.0845\n"
        ),
        (
            .gzip,
            """
            1f8b08000000000002034bcb2c2a2e510000fc7af11c060000001f8b08000000000002032b4e4dcecf4b010069111fb606000000
            """,
            "first second"
        ),
        (.zlib, "789c2b294a4c492dcfcc4b512821920500f6b2136b", String(repeating: "tradewind ", count: 5)),
        (.raw, "2b294a4c492dcfcc4b512821920500", String(repeating: "tradewind ", count: 5)),
    ]

    @Test(arguments: foreign)
    func `what another program wrote is read at every cut`(_ format: CompressionFormat, _ hex: String, _ text: String)
        throws
    {
        let compressed = fromHex(hex)
        for cut in 0...compressed.count {
            var inflater = try Inflater(format)
            var output: [UInt8] = []
            for piece in [compressed[..<cut], compressed[cut...]] {
                var offset = 0
                _ = try inflater.inflate(piece.span, from: &offset, into: &output)
                #expect(offset == piece.count)
            }
            try inflater.finish()
            #expect(String(decoding: output, as: UTF8.self) == text)
        }
    }

    @Test func `a stream that stops early is truncated, wherever it stops`() throws {
        let compressed = try gzipped(deflateSamples[2])
        for end in 0..<compressed.count {
            #expect(throws: InflateError.truncated) { try gunzipped(Array(compressed[..<end]), limit: 100) }
        }
    }

    @Test(arguments: [0, 1, 2, -8, -5, -4, -1])
    func `a damaged byte in the head, the check or the length is corrupt`(place: Int) throws {
        var damaged = try gzipped(deflateSamples[3])
        damaged[place < 0 ? damaged.count + place : place] ^= 0x55
        #expect(throws: InflateError.corrupt) { try gunzipped(damaged, limit: 1 << 20) }
    }

    @Test(arguments: [CompressionFormat.zlib, .raw])
    func `data behind the end is refused, at once or later`(format: CompressionFormat) throws {
        var deflater = try Deflater(format)
        var compressed: [UInt8] = []
        deflater.add(deflateSamples[2], to: &compressed, flush: .finish)
        #expect(throws: InflateError.trailingData) { try inflate(compressed + [0], format) }
        var inflater = try Inflater(format)
        var output: [UInt8] = []
        var offset = 0
        let progress = try inflater.inflate(compressed.span, from: &offset, into: &output)
        #expect(progress == .ended)
        offset = 0
        do throws(InflateError) {
            let more: [UInt8] = [0]
            _ = try inflater.inflate(more.span, from: &offset, into: &output)
            Issue.record("more was taken")
        } catch {
            #expect(error == .trailingData)
        }
    }

    @Test func `garbage behind a gzip member is no member`() throws {
        let compressed = try gzipped(deflateSamples[2])
        #expect(throws: InflateError.corrupt) { try gunzipped(compressed + [0, 0, 0], limit: 100) }
    }

    @Test func `a bomb stops one byte past the limit`() throws {
        let bomb = try gzipped(deflateSamples[5], level: 9)
        #expect(bomb.count < 300)
        #expect(throws: InflateError.tooLarge(limit: 199_999)) { try gunzipped(bomb, limit: 199_999) }
        #expect(try gunzipped(bomb, limit: 200_000).count == 200_000)
        var inflater = try Inflater(.gzip, limit: 1000)
        var output: [UInt8] = []
        var offset = 0
        _ = try? inflater.inflate(bomb.span, from: &offset, into: &output)
        #expect(output.count == 1001)
    }

    @Test func `the limit counts all members together`() throws {
        let member = try gzipped(deflateSamples[2])
        let three = member + member + member
        #expect(try gunzipped(three, limit: 30).count == 30)
        #expect(throws: InflateError.tooLarge(limit: 29)) { try gunzipped(three, limit: 29) }
    }

    @Test func `output comes in portions for a reader that is slow`() throws {
        let compressed = try gzipped(deflateSamples[3])
        var inflater = try Inflater(.gzip)
        var restored: [UInt8] = []
        var offset = 0
        var portions = 0
        var progress = Inflater.Progress.full
        while progress == .full {
            var portion: [UInt8] = []
            progress = try inflater.inflate(compressed.span, from: &offset, into: &portion, upTo: 1000)
            #expect(portion.count <= 1000)
            restored += portion
            portions += 1
        }
        #expect(restored == deflateSamples[3])
        #expect(portions >= deflateSamples[3].count / 1000)
        try inflater.finish()
    }

    @Test func `an endless raw stream goes on after a final block, and may refer to what came before it`() throws {
        // Python: "window kept " twice, the second stream with the first as its dictionary, both ended.
        let compressed = fromHex("2bcfcc4bc92f57c84e2d285100002b47620300")
        var inflater = try Inflater(.raw, isEndless: true)
        var output: [UInt8] = []
        var offset = 0
        _ = try inflater.inflate(compressed.span, from: &offset, into: &output)
        #expect(String(decoding: output, as: UTF8.self) == "window kept window kept ")
        #expect(throws: InflateError.trailingData) { try inflate(compressed, .raw) }
    }

    @Test func `a reset inflater reads the next stream, with the whole limit again`() throws {
        var inflater = try Inflater(.gzip, limit: 10)
        for _ in 0..<3 {
            let compressed = try gzipped(deflateSamples[2])
            var output: [UInt8] = []
            var offset = 0
            _ = try inflater.inflate(compressed.span, from: &offset, into: &output)
            try inflater.finish()
            #expect(output == deflateSamples[2])
            inflater.reset()
            let hasEnded = inflater.hasEnded
            #expect(!hasEnded)
        }
    }

    @Test(arguments: 0..<200)
    func `no mutation makes it crash or pass the limit`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var compressed = try gzipped(Array(deflateSamples[3].prefix(Int.random(in: 0...2000, using: &generator))))
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let place = Int.random(in: 0..<compressed.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: compressed[place] = generator.bytes(1)[0]
            case 1: compressed.insert(contentsOf: generator.bytes(3), at: place)
            case 2: compressed.removeSubrange(place..<min(place + 3, compressed.count - 1))
            default: compressed += compressed[place...]
            }
        }
        for format in CompressionFormat.allCases {
            var inflater = try Inflater(format, limit: 3000, isEndless: true)
            var output: [UInt8] = []
            var offset = 0
            do throws(InflateError) {
                while try inflater.inflate(compressed.span, from: &offset, into: &output, upTo: 500) == .full {}
                #expect(offset == compressed.count)
            } catch {
                #expect([.corrupt, .tooLarge(limit: 3000)].contains(error))
            }
            #expect(output.count <= 3001)
        }
    }
}
