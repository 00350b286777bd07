import Testing
import TradewindCQRS
import TradewindDomain
import TradewindJSON
import TradewindObservability
import TradewindTesting

@Suite struct `A log line` {
    @Test func `is a JSON object with what every line has, and the fields`() throws {
        let fixture = LogFixture()
        fixture.log.info("order placed", [LogField(.order, "o-1"), LogField(.count, 3)])
        #expect(
            fixture.lines == [
                #"{"time":"2025-06-14T12:00:00.000000Z","level":"info","service":"orders","msg":"order placed","#
                    + #""order.id":"o-1","count":3}"#
            ])
    }

    @Test func `knows whose request it is without being told`() throws {
        let fixture = LogFixture()
        Scope.$current.withValue(.example) { fixture.log.info("placed") }
        let line = try fixture.line()
        #expect(line["requestId"] == .string("request-1"))
        #expect(line["traceId"] == .string("0af7651916cd43dd8448eb211c80319c"))
        #expect(line["spanId"] == .string("000000000000b7ad"))
    }

    @Test func `follows a task across an await and into its children`() async throws {
        let fixture = LogFixture()
        await Scope.$current.withValue(.example) {
            await withTaskGroup { group in
                group.addTask {
                    await Task.yield()
                    fixture.log.info("placed")
                }
            }
        }
        #expect(try fixture.line()["requestId"] == .string("request-1"))
        fixture.log.info("outside")
        #expect(try fixture.line()["requestId"] == nil)
    }

    @Test(
        arguments: [
            "plain", "a \"quote\"", "back\\slash", "two\nlines", "\u{0}\u{1}\u{1F}\u{7F}", "naïve ✓ 🚢 \u{2028}",
            "1234567\"", "12345678\"90", "é12345678", String(repeating: "x", count: 8_192),
        ])
    func `is valid JSON whatever a field holds, and says the same`(text: String) throws {
        let fixture = LogFixture()
        fixture.log.info("said", [LogField(.order, text)])
        #expect(try fixture.line()["order.id"] == .string(text))
    }

    @Test func `cuts what nobody would read`() throws {
        let fixture = LogFixture()
        fixture.log.info("said", [LogField(.order, String(repeating: "é", count: 1 << 20))])
        #expect(fixture.lines[0].utf8.count < 10_000)
    }

    @Test(arguments: [LogFormat.json, .text])
    func `masks what is told under the name of a secret`(format: LogFormat) {
        let fixture = LogFixture(.info, format)
        fixture.log.info(
            "signed in",
            [
                LogField(LogKey("user.password"), "hunter2"), LogField(LogKey("Authorization"), "hunter2"),
                LogField(LogKey("api_key"), "hunter2"), LogField(LogKey("refresh-token"), 42),
                LogField(LogKey("idempotency.key"), "shown"),
            ])
        let line = fixture.lines[0]
        #expect(!line.contains("hunter2") && !line.contains("42") && line.contains("shown"))
    }

    @Test func `below the level is not even put together`() {
        let fixture = LogFixture(.warning)
        fixture.log.info(
            "never",
            [
                {
                    Issue.record("asked for its fields"); return LogField(.order, 1)
                }()
            ])
        #expect(fixture.lines == [])
    }

    @Test func `for people is short, and coloured on a terminal only`() {
        let plain = LogFixture(.info, .text), coloured = LogFixture(.info, .text, hasColour: true)
        for log in [plain.log, coloured.log] { log.warning("broker is away", [LogField(.order, "two words")]) }
        #expect(plain.lines == ["12:00:00.000  WARN   orders  broker is away order.id=\"two words\""])
        #expect(coloured.lines[0].contains("\u{1B}[0;33m"))
    }
}

@Suite struct `The streams of a log` {
    @Test func `have a line for each answered request, without its query`() throws {
        let fixture = LogFixture()
        let entry = AccessEntry(
            request: .made(UUID(high: 0x01A1_FD81_38E2_7ADA, low: 0xBB66_79A7_3778_27AB)), trace: Scope.example.trace,
            status: 201, nanoseconds: 1_234_567, bytes: 13)
        let place = AccessPlace(service: "orders", method: "POST", route: "/api/orders/:id")
        let path: [UInt8] = Array("/api/orders/\"7".utf8) + [0xFF]
        fixture.log.access(entry, place, path: path.span)
        #expect(
            fixture.lines == [
                #"{"time":"2025-06-14T12:00:00.000000Z","level":"info","service":"orders","#
                    + #""requestId":"01a1fd81-38e2-7ada-bb66-79a7377827ab","traceId":"0af7651916cd43dd8448eb211c80319c","#
                    + #""spanId":"000000000000b7ad","stream":"access","msg":"request","method":"POST","#
                    + #""route":"/api/orders/:id","path":"/api/orders/\"7\#u{FFFD}","status":201,"bytes":13,"ms":1.234}"#
            ])
    }

    @Test func `tell who did what, whatever the level`() throws {
        let fixture = LogFixture(.error)
        fixture.log.audit(
            AuditEntry(
                at: .noon, command: "CancelOrder", caller: .service("desk"), request: .given("r"), outcome: .forbidden,
                fields: [LogField(.order, "o-1")]))
        let line = try fixture.line()
        #expect(line["stream"] == .string("audit") && line["requestId"] == .string("r"))
        #expect(line["command"] == .string("CancelOrder") && line["caller"] == .string("service:desk"))
        #expect(line["outcome"] == .string("forbidden") && line["order.id"] == .string("o-1"))
    }

    @Test func `take what there is room for, and count the rest`() {
        let fixture = LogFixture(limit: 1_000)
        for _ in 0..<100 { fixture.log.info("again") }
        let kept = fixture.lines.count
        #expect(kept > 5 && kept < 20 && fixture.queue.refusedLines == 100 - kept)
        fixture.log.info("there is room again")
        #expect(fixture.lines.count == 1)
    }

    @Test func `lose no line of many threads and keep each whole`() async throws {
        let fixture = LogFixture(limit: 64 << 20)
        let entry = AccessEntry(
            request: .given("r"), trace: Scope.example.trace, status: 200, nanoseconds: 1, bytes: nil)
        let place = AccessPlace(service: "orders", method: "GET", route: "/")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        fixture.log.info("told")
                        fixture.log.access(entry, place, path: Array("/".utf8).span)
                    }
                }
            }
        }
        let lines = fixture.lines
        #expect(lines.count == 8_000)
        #expect(try lines.allSatisfy { try JSONValue.parse($0)["service"] == .string("orders") })
    }
}

extension LogKey {
    fileprivate static let order = LogKey("order.id")
}
