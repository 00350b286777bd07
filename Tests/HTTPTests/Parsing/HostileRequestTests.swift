import Testing
import TradewindHTTP
import TradewindTesting

@Suite struct `Hostile requests` {
    @Test func `there are more than two hundred, each with a name of its own`() {
        #expect(HostileRequest.all.count > 200)
        let names = HostileRequest.all.map(\.name)
        #expect(
            Set(names).count == names.count, "\(Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }.keys)")
    }

    @Test(arguments: HostileRequest.all)
    func `get the status that is written down`(request: HostileRequest) {
        guard case .reject(let rejection) = parseRequest(request.bytes) else {
            Issue.record("\(parseRequest(request.bytes).summary)")
            return
        }
        #expect(rejection.status.code == request.status, "\(rejection.reason)")
    }

    @Test(arguments: HostileRequest.all)
    func `get the same answer however they are cut`(request: HostileRequest) {
        let expected = parseRequest(request.bytes).summary
        // Of long ones, the cuts at the start and the end and every 97th between them.
        for feeding in Feeding.all(for: request.bytes.count) {
            if case .split(let index) = feeding, request.bytes.count > 2_000, index > 64, index % 97 != 0,
                index < request.bytes.count - 64
            {
                continue
            }
            #expect(parseRequest(request.bytes, feeding).summary == expected, "\(feeding)")
        }
    }

    @Test(arguments: HostileRequest.all)
    func `are refused behind a good request on the same connection`(request: HostileRequest) {
        let good = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        var parser = RequestHeadParser()
        guard case .head(_, let consumed) = parser.parse((good + request.bytes).span) else {
            Issue.record("the good request was refused")
            return
        }
        guard case .reject(let rejection) = parser.parse(request.bytes.span) else {
            Issue.record("not refused")
            return
        }
        #expect(consumed == good.count)
        #expect(rejection.status.code == request.status)
    }

    @Test func `a byte that no head can hold is refused without waiting for the line's end`() {
        var parser = RequestHeadParser()
        let hello: [UInt8] = [0x16]
        guard case .reject(let rejection) = parser.parse(hello.span) else {
            Issue.record("a TLS hello was waited for")
            return
        }
        #expect(rejection.status == .badRequest)
    }

    @Test func `a head that comes a byte at a time costs no more than twice its length in looks`() {
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + Array(repeating: UInt8(ascii: "a"), count: 16_000)
        var parser = RequestHeadParser()
        let clock = ContinuousClock()
        let time = clock.measure {
            for count in 1...bytes.count { _ = parser.parse(bytes.span.extracting(first: count)) }
        }
        // Quadratic work would be 128 million bytes; linear is far below a tenth of this bound.
        #expect(time < .seconds(1))
    }
}
