import Testing
import TradewindHTTP

struct DeflateSetting: Sendable, CustomTestStringConvertible {
    let format: CompressionFormat, level: Int, windowBits: Int, memoryLevel: Int
    var testDescription: String { "\(format) level \(level) window \(windowBits) memory \(memoryLevel)" }

    static let all = CompressionFormat.allCases.flatMap { format in
        [0, 1, 9].flatMap { level in
            [9, 12, 15].flatMap { windowBits in
                [1, 9].map { DeflateSetting(format: format, level: level, windowBits: windowBits, memoryLevel: $0) }
            }
        }
    }

    func deflater() throws -> Deflater {
        try Deflater(format, level: level, windowBits: windowBits, memoryLevel: memoryLevel)
    }
}

@Suite struct `Deflating` {
    @Test(arguments: DeflateSetting.all)
    func `what was compressed comes back, whatever the settings`(setting: DeflateSetting) throws {
        var deflater = try setting.deflater()
        for sample in deflateSamples {
            var compressed: [UInt8] = []
            deflater.add(sample, to: &compressed, flush: .finish)
            #expect(try inflate(compressed, setting.format) == sample)
        }
    }

    @Test(arguments: CompressionFormat.allCases)
    func `a sync flush makes all that went in readable`(format: CompressionFormat) throws {
        var deflater = try Deflater(format)
        var inflater = try Inflater(format)
        var restored: [UInt8] = []
        for sample in deflateSamples.dropFirst() {
            var compressed: [UInt8] = []
            deflater.add(sample, to: &compressed, flush: .sync)
            var offset = 0
            restored = []
            _ = try inflater.inflate(compressed.span, from: &offset, into: &restored)
            #expect(restored == sample)
            let (isBetweenBlocks, hasEnded) = (inflater.isBetweenBlocks, inflater.hasEnded)
            #expect(isBetweenBlocks && !hasEnded)
        }
    }

    @Test func `input in single bytes gives a stream that reads the same`() throws {
        let sample = Array(deflateSamples[3].prefix(4000))
        var deflater = try Deflater(.gzip)
        var compressed: [UInt8] = []
        for byte in sample { deflater.add([byte], to: &compressed, flush: .none) }
        deflater.add([UInt8](), to: &compressed, flush: .finish)
        #expect(try gunzipped(compressed, limit: 4000) == sample)
    }

    @Test func `a reset gives up the stream under way`() throws {
        var deflater = try Deflater(.gzip)
        var compressed: [UInt8] = []
        deflater.add(deflateSamples[4], to: &compressed, flush: .none)
        deflater.reset()
        compressed = []
        deflater.add(deflateSamples[2], to: &compressed, flush: .finish)
        #expect(try gunzipped(compressed, limit: 100) == deflateSamples[2])
    }

    @Test func `what can be compressed becomes smaller`() throws {
        #expect(try gzipped(deflateSamples[3]).count < deflateSamples[3].count / 20)
        #expect(try gzipped(deflateSamples[5], level: 1).count < 2000)
    }

    @Test func `it appends behind what the output holds`() throws {
        var output: [UInt8] = [1, 2, 3]
        var deflater = try Deflater(.gzip)
        deflater.add(deflateSamples[2], to: &output, flush: .finish)
        #expect(output.prefix(3) == [1, 2, 3])
        #expect(try gunzipped(Array(output[3...]), limit: 100) == deflateSamples[2])
    }
}

/// All of a finished stream.
func inflate(_ compressed: [UInt8], _ format: CompressionFormat) throws -> [UInt8] {
    var inflater = try Inflater(format)
    var output: [UInt8] = []
    var offset = 0
    _ = try inflater.inflate(compressed.span, from: &offset, into: &output)
    try inflater.finish()
    return output
}

func gzipped(_ plain: [UInt8], level: Int = 6) throws -> [UInt8] { try gzip(plain.span, level: level) }

func gunzipped(_ compressed: [UInt8], limit: Int) throws -> [UInt8] { try gunzip(compressed.span, limit: limit) }

extension Deflater {
    mutating func add(_ plain: [UInt8], to output: inout [UInt8], flush: Flush) {
        deflate(plain.span, into: &output, flush: flush)
    }
}
