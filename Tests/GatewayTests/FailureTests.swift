import Gateway
import Testing
import TradewindCQRS
import TradewindHTTP
import TradewindHTTPClient
import TradewindLocks
import TradewindObservability
import TradewindReactor
import TradewindTesting

@Suite struct `A service that fails` {
    @Test func `by not being there is a 503 that says when to come again`() async throws {
        let nobody = "http://127.0.0.1:1"
        try await Front.open(at: [nobody]) { front in
            let answer = try await front.ask(.get, "/api/orders")
            #expect(answer.status == .serviceUnavailable && answer[.retryAfter] == "1")
            let problem = try await answer.read()
            #expect(problem.contains("orders is away") && !problem.contains("127.0.0.1"))
        }
    }

    @Test func `by silence is a 504`() async throws {
        try await withPeer {
            try await $0.silence()
        } _: { url, _ in
            try await Front.open(at: [url]) {
                $0.settings.responseTimeout = .milliseconds(50)
            } _: { front in
                let answer = try await front.ask(.get, "/api/orders")
                #expect(answer.status == .gatewayTimeout)
            }
        }
    }

    @Test func `in one instance is asked again in another, when asking twice does no harm`() async throws {
        let hangsUp = Lock(0)
        try await withPeer { service in
            try await service.head()
            hangsUp.withLock { $0 += 1 }
        } _: { broken, _ in
            try await withServer { _ in
                .noContent
            } _: { service in
                try await Front.open(at: [broken, service.url]) { front in
                    for _ in 0..<4 {
                        let answer = try await front.ask(.get, "/api/orders")
                        #expect(answer.status == .noContent)
                    }
                    #expect(hangsUp.withLock(\.self) > 0)
                    let before = hangsUp.withLock(\.self)
                    var refused = 0
                    for _ in 0..<4 {
                        refused += try await front.ask(.post, "/api/orders").status == .badGateway ? 1 : 0
                    }
                    #expect(refused > 0 && refused == hangsUp.withLock(\.self) - before)
                }
            }
        }
    }

    @Test func `is asked again for a tenth of the requests at most`() async throws {
        let calls = Lock(0)
        try await withPeer { service in
            try await service.head()
            calls.withLock { $0 += 1 }
        } _: { url, _ in
            // Of many, so that no circuit opens.
            try await Front.open(at: Array(repeating: url, count: 50)) { front in
                for _ in 0..<40 { _ = try await front.ask(.get, "/api/orders") }
                #expect(calls.withLock(\.self) == 40 + 13)  // ten at the start, and one for each ten
            }
        }
    }

    @Test func `again and again is left alone, and tried again after a while`() async throws {
        let calls = Lock(0), isWell = Lock(false)
        let (metrics, clock) = (Metrics(), ManualClock())
        try await withPeer { service in
            while true {
                try await service.head()
                calls.withLock { $0 += 1 }
                guard isWell.withLock(\.self) else { return }
                try await service.send("HTTP/1.1 204 No Content\r\n\r\n")
            }
        } _: { url, _ in
            try await Front.open(at: [url]) {
                ($0.metrics, $0.clockwork) = (metrics, .manual(clock))
            } _: { front in
                for _ in 0..<5 { _ = try await front.ask(.post, "/api/orders") }
                let answer = try await front.ask(.post, "/api/orders")
                #expect(answer.status == .serviceUnavailable && answer[.retryAfter] == "1")
                #expect(calls.withLock(\.self) == 5)
                #expect(await exposition(metrics).contains("circuit_state{upstream=\"orders \(url.dropFirst(7))\"} 2"))
                isWell.withLock { $0 = true }
                clock.advance(by: .seconds(1))
                let recovered = try await front.ask(.post, "/api/orders")
                #expect(recovered.status == .noContent)
            }
        }
    }

    @Test func `only by saying so is still asked`() async throws {
        try await withServer { _ in
            throw Problem(.serviceUnavailable)
        } _: { service in
            try await Front.open(at: [service.url]) { front in
                for _ in 0..<20 {
                    let answer = try await front.ask(.get, "/api/orders")
                    #expect(answer.status == .serviceUnavailable && answer[.retryAfter] == nil)
                }
            }
        }
    }

    @Test func `is found to live again`() async throws {
        let address = try await SocketAddress.free()
        try await Front.open(at: [address.url]) {
            $0.settings.healthInterval = .milliseconds(10)
        } _: { front in
            try await front.running {
                try await eventually { !front.gateway.upstreams[0].instances[0].isUp }
                try await withServer({ _ in .text("up") }, at: address) { _ in
                    try await eventually { front.gateway.upstreams[0].instances[0].isUp }
                    let answer = try await front.ask(.get, "/api/orders")
                    #expect(answer.status == .ok)
                }
            }
        }
    }
}

@Suite struct `Instances of a service` {
    @Test func `share the requests`() async throws {
        let counts = Lock([0, 0, 0])
        func service(_ index: Int) -> Handler {
            { _ in
                counts.withLock { $0[index] += 1 }
                return .noContent
            }
        }
        try await withServer(service(0)) { first in
            try await withServer(service(1)) { second in
                try await withServer(service(2)) { third in
                    try await Front.open(at: [first.url, second.url, third.url]) { front in
                        for _ in 0..<30 { _ = try await front.ask(.get, "/api/orders") }
                    }
                }
            }
        }
        #expect(counts.withLock(\.self) == [10, 10, 10])
    }

    @Test func `that are slow get fewer`() async throws {
        let (release, go) = AsyncStream.makeStream(of: Void.self)
        let arrived = Lock(0)
        try await withServer { _ in
            arrived.withLock { $0 += 1 }
            for await _ in release { break }
            return .noContent
        } _: { slow in
            try await withServer { _ in
                .text("fast")
            } _: { fast in
                try await Front.open(at: [slow.url, fast.url]) { front in
                    try await withThrowingTaskGroup { group in
                        for _ in 0..<2 { group.addTask { _ = try await front.ask(.get, "/api/orders") } }
                        try await eventually { arrived.withLock(\.self) == 1 }
                        for _ in 0..<20 {
                            let answer = try await front.ask(.get, "/api/orders")
                            #expect(answer.status == .ok)
                        }
                        go.finish()
                        try await group.waitForAll()
                    }
                    #expect(arrived.withLock(\.self) == 1)
                }
            }
        }
    }
}

private func exposition(_ metrics: Metrics) async -> String {
    String(decoding: await metrics.exposition(.prometheus) { await $0() }, as: UTF8.self)
}
