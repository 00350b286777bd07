import Testing
import TradewindHTTP

/// Bytes that are nearly right, made from a seed, so that a failure can be played again.
private struct Mutator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 2 &+ 1 }

    mutating func next(below bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(truncatingIfNeeded: state >> 1) % max(bound, 1)
    }

    /// A few changes: a byte set, dropped or doubled, a part cut out or repeated, a piece put in that parsers fear.
    mutating func mutate(_ original: [UInt8]) -> [UInt8] {
        let pieces: [StaticString] = [
            "\r\n", "\n", "\r", "\r\n\r\n", "\0", " ", "\t", ":", "%", "%00", "%2e%2e/", "/../", "Host: a\r\n",
            "HTTP/1.1",
            "Content-Length: 5\r\n", "Content-Length: -1\r\n", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n",
            "FFFFFFFFFFFFFFF",
            "http://a", "*", "?", ";", ",", "\u{FF}", "Connection: close\r\n", "Expect: 100-continue\r\n", "[::1]:",
        ]
        var bytes = original
        for _ in 0...next(below: 4) {
            let index = next(below: bytes.count + 1), end = min(bytes.count, index + next(below: 12))
            switch next(below: 6) {
            case 0 where index < bytes.count: bytes[index] = UInt8(truncatingIfNeeded: next(below: 256))
            case 1: bytes.removeSubrange(index..<end)
            case 2: bytes.insert(contentsOf: bytes[index..<end], at: index)
            case 3 where index < bytes.count: bytes[index] ^= 1 << UInt8(next(below: 8))
            default: bytes.insert(contentsOf: Array(pieces[next(below: pieces.count)].description.utf8), at: index)
            }
        }
        return bytes
    }
}

@Suite struct `Mutated bytes` {
    static let requests =
        (LegalRequest.all.map(\.text) + ["GET /a?b=c HTTP/1.1\r\nHost: a\r\nCookie: d=e; f=g\r\n\r\n"])
        .map { Array($0.utf8) }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `neither stop the request parser nor depend on how they are cut`(seed: UInt64) {
        var mutator = Mutator(seed: seed)
        for _ in 0..<3_000 {
            let bytes = mutator.mutate(Self.requests[mutator.next(below: Self.requests.count)])
            let whole = parseRequest(bytes).summary
            let cut = Feeding.split(at: mutator.next(below: bytes.count))
            #expect(parseRequest(bytes, cut).summary == whole, "\(bytes) \(cut)")
            #expect(parseRequest(bytes, .byteByByte).summary == whole, "\(bytes)")
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `never get a path that leaves the root past the parser`(seed: UInt64) {
        var mutator = Mutator(seed: seed &+ 100)
        let parts = ["/", "..", ".", "%2e", "%2F", "a", "%2E%2e", "//", "%61", "/../", "%c3%a9", "...", "\u{7E}"]
        for _ in 0..<20_000 {
            let target =
                "/" + (0..<mutator.next(below: 9)).map { _ in parts[mutator.next(below: parts.count)] }.joined()
            let step = parseRequest(Array("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            guard case .head(let head, _) = step else { continue }
            let segments = head.path.split(separator: "/", omittingEmptySubsequences: false)
            #expect(!segments.contains("..") && !segments.contains(".") && head.path.hasPrefix("/"), "\(target)")
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `neither stop the response parser nor the chunk decoder`(seed: UInt64) {
        var mutator = Mutator(seed: seed &+ 200)
        let responses = `A response head`.good.map { Array($0.0.utf8) }
        let bodies = `A chunked body`.good.map { Array($0.0.utf8) }
        for _ in 0..<3_000 {
            let response = mutator.mutate(responses[mutator.next(below: responses.count)])
            var parser = ResponseHeadParser()
            _ = parser.parse(response.span, answering: .get)
            let body = mutator.mutate(bodies[mutator.next(below: bodies.count)])
            var (decoder, start) = (ChunkedDecoder(), 0)
            while start < body.count, case .data(let range) = decoder.next(body.span.extracting(start..<body.count)) {
                start += range.upperBound
            }
            #expect(start <= body.count)
        }
    }
}
