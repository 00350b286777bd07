import Gateway
import Testing
import TradewindDomain
import TradewindHTTP
import TradewindHTTPClient
import TradewindLocks
import TradewindObservability
import TradewindRuntime
import TradewindTesting

@Suite struct `An answer that may be given again` {
    @Test func `is given again without its service until it is stale, and tells its age`() async throws {
        try await Kept("max-age=60").behind { (kept, front) async throws in
            #expect(try await front.ask(.get, "/api/orders").read() == "answer 1")
            kept.clock.advance(by: .seconds(59))
            let again = try await front.ask(.get, "/api/orders")
            #expect(try await again.read() == "answer 1")
            #expect(again["Age"] == "59" && again["Cache-Status"] == "tradewind; hit")
            kept.clock.advance(by: .seconds(1))
            #expect(try await front.ask(.get, "/api/orders").read() == "answer 2")
        }
    }

    @Test(
        arguments: [
            "", "no-store, max-age=60", "private, max-age=60", "no-cache, max-age=60", "max-age=0", "max-age=soon",
            "public",
        ])
    func `is one whose service says so`(control: String) async throws {
        try await Kept(control).behind { (_, front) async throws in
            #expect(try await front.ask(.get, "/api/orders").read() == "answer 1")
            #expect(try await front.ask(.get, "/api/orders").read() == "answer 2")
        }
    }

    @Test(arguments: [("vary", "*"), ("set-cookie", "a=b"), ("vary", "x-mine")])
    func `is none that belongs to one client`(name: String, value: String) async throws {
        try await Kept("max-age=60", [HeaderName(stringLiteral: name): value]).behind { (_, front) async throws in
            #expect(try await front.ask(.get, "/api/orders").read() == "answer 1")
            #expect(try await front.ask(.get, "/api/orders").read() == "answer 2")
        }
    }

    @Test(arguments: [("max-age=60", false), ("max-age=60, public", true), ("s-maxage=60", true)])
    func `is for those who said who they are when it is said to be for all`(
        control: String, isShared: Bool
    ) async throws {
        try await Kept(control).behind { (_, front) async throws in
            let mine: HTTPHeaders = [.authorization: "Bearer \(try token(.user))"]
            #expect(try await front.ask(.get, "/api/orders", headers: mine).read() == "answer 1")
            #expect(
                try await front.ask(.get, "/api/orders", headers: mine).read() == (isShared ? "answer 1" : "answer 2"))
        }
    }

    @Test func `is one for each query and for each kind of what it varies by`() async throws {
        try await Kept("max-age=60", [.vary: "Accept"]).behind { (_, front) async throws in
            #expect(try await front.ask(.get, "/api/orders?page=1").read() == "answer 1")
            #expect(try await front.ask(.get, "/api/orders?page=2").read() == "answer 2")
            let tables: HTTPHeaders = [.accept: "text/csv"]
            #expect(try await front.ask(.get, "/api/orders?page=1", headers: tables).read() == "answer 3")
            #expect(try await front.ask(.get, "/api/orders?page=1").read() == "answer 1")
            #expect(try await front.ask(.get, "/api/orders?page=1", headers: tables).read() == "answer 3")
        }
    }

    @Test func `is asked about when it is stale, and given again when it is still true`() async throws {
        try await Kept("max-age=60", [.etag: "\"v1\""]).behind { (kept, front) async throws in
            #expect(try await front.ask(.get, "/api/orders").read() == "answer 1")
            kept.clock.advance(by: .seconds(61))
            let again = try await front.ask(.get, "/api/orders")
            #expect(try await again.read() == "answer 1")
            #expect(again["Age"] == "0")
            #expect(kept.conditions == ["", "\"v1\""])
            // Fresh again.
            #expect(try await front.ask(.get, "/api/orders").read() == "answer 1")
            #expect(kept.conditions.count == 2)
        }
    }

    @Test func `is a 304 to who has it`() async throws {
        try await Kept("max-age=60", [.etag: "\"v1\""]).behind { (kept, front) async throws in
            _ = try await front.ask(.get, "/api/orders").read()
            let answer = try await front.ask(.get, "/api/orders", headers: [.ifNoneMatch: "W/\"v1\""])
            #expect(answer.status == .notModified && answer[.etag] == "\"v1\"")
            #expect(kept.conditions.count == 1)
        }
    }

    @Test(arguments: ["no-cache", "max-age=0", "no-store"])
    func `is not given to who wants it from its service`(wish: String) async throws {
        try await Kept("max-age=60").behind { (_, front) async throws in
            #expect(try await front.ask(.get, "/api/orders").read() == "answer 1")
            #expect(try await front.ask(.get, "/api/orders", headers: [.cacheControl: wish]).read() == "answer 2")
        }
    }

    @Test func `is forgotten when something is changed there`() async throws {
        try await Kept("max-age=60").behind { (_, front) async throws in
            #expect(try await front.ask(.get, "/api/orders").read() == "answer 1")
            #expect(try await front.ask(.put, "/api/orders").read() == "answer 2")
            #expect(try await front.ask(.get, "/api/orders").read() == "answer 3")
        }
    }

    @Test func `is kept within its room, those that are asked for longest`() async throws {
        try await Kept("max-age=60", padding: 10_000).behind({ $0.settings.cacheRoom = .kibibytes(256) }) {
            (kept, front) async throws in
            for page in 0..<100 {
                _ = try await front.ask(.get, "/api/orders?page=\(page)").read()
                _ = try await front.ask(.get, "/api/orders?page=0").read()
            }
            #expect(kept.conditions.count == 100)
            _ = try await front.ask(.get, "/api/orders?page=1").read()
            #expect(kept.conditions.count == 101)
        }
    }
}

/// A service that counts its answers, each with a `Cache-Control`.
private final class Kept: Sendable {
    let clock = ManualClock()
    /// With which If-None-Match it was asked, each time.
    private let asked = Lock<[String]>([])
    var conditions: [String] { asked.withLock(\.self) }
    private let control: String, fields: HTTPHeaders, padding: Int

    init(_ control: String, _ fields: HTTPHeaders = [:], padding: Int = 0) {
        (self.control, self.fields, self.padding) = (control, fields, padding)
    }

    func behind(
        _ change: @escaping (inout Front.Making) -> Void = { _ in },
        _ body: @escaping @Sendable (Kept, Front) async throws -> Void
    ) async throws {
        try await withServer(answer) { [self] service in
            try await Front.open(at: [service.url]) {
                $0.clockwork = .manual(clock)
                change(&$0)
            } _: { [self] front in
                try await body(self, front)
            }
        }
    }

    private var answer: Handler {
        { [self] request in
            let count = asked.withLock { asked in
                asked.append(request[.ifNoneMatch] ?? "")
                return asked.count
            }
            var headers = fields
            if !control.isEmpty { headers.add(.cacheControl, control) }
            if let tag = headers[.etag], tag == request[.ifNoneMatch] {
                return Response(.notModified, headers: headers)
            }
            return Response(
                .ok, headers: headers, body: .text("answer \(count)" + String(repeating: " ", count: padding)))
        }
    }
}
