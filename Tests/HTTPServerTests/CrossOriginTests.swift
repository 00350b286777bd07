import Testing
import TradewindHTTP
import TradewindTesting

@Suite struct `Pages of other origins` {
    private static let page = "https://app.example.com"

    private func site(_ origins: [String] = [page]) throws -> CrossOrigin {
        CrossOrigin(
            origins,
            around: try Routes([
                .get("/orders") { _ in .text("orders") },
                .post("/orders") { _ in throw Problem(.conflict, detail: "twice") },
            ]))
    }

    @Test(arguments: Transport.allCases) func `are shown answers when they are listed`(via: Transport) async throws {
        let answer = try await site().serve(via: via) { try await $0.get("/orders", headers: [.origin: Self.page]) }
        #expect(answer.text == "orders")
        #expect(answer[.accessControlAllowOrigin] == Self.page)
        #expect(answer[.vary] == "Origin")
        for name in ["X-Request-Id", "Location", "WWW-Authenticate", "RateLimit-Remaining"] {
            #expect(answer[.accessControlExposeHeaders]?.contains(name) == true)
        }
    }

    @Test(arguments: Transport.allCases) func `are shown errors too`(via: Transport) async throws {
        let origin: HTTPHeaders = [.origin: Self.page]
        let answers = try await site().serve(via: via) { site in
            [try await site.send(.post, "/orders", headers: origin), try await site.get("/nowhere", headers: origin)]
        }
        #expect(answers.map(\.status) == [.conflict, .notFound])
        #expect(answers.allSatisfy { $0[.accessControlAllowOrigin] == Self.page })
    }

    @Test(arguments: Transport.allCases) func `are shown nothing when they are not listed`(via: Transport) async throws
    {
        let answer = try await site().serve(via: via) { site in
            try await site.get("/orders", headers: [.origin: "https://evil.example"])
        }
        #expect(answer[.accessControlAllowOrigin] == nil)
        #expect(answer[.vary] == "Origin")
    }

    @Test(arguments: Transport.allCases) func `may ask first`(via: Transport) async throws {
        let answer = try await site().serve(via: via) { site in
            try await site.send(
                .options, "/orders",
                headers: [
                    .origin: Self.page, .accessControlRequestMethod: "DELETE",
                    .accessControlRequestHeaders: "authorization, idempotency-key",
                ])
        }
        #expect(answer.status == .noContent)
        #expect(answer[.accessControlAllowOrigin] == Self.page)
        #expect(answer[.accessControlAllowMethods] == "DELETE")
        #expect(answer[.accessControlAllowHeaders] == "authorization, idempotency-key")
        #expect(answer[.accessControlMaxAge] == "600")
    }

    @Test(arguments: Transport.allCases) func `are all welcome under a star`(via: Transport) async throws {
        let answer = try await site(["*"]).serve(via: via) { site in
            try await site.get("/orders", headers: [.origin: "https://anywhere.example"])
        }
        #expect(answer[.accessControlAllowOrigin] == "*")
        #expect(answer[.vary] == nil)
    }

    @Test(arguments: Transport.allCases) func `cannot be given what a cache kept for nobody`(via: Transport)
        async throws
    {
        let answer = try await site().serve(via: via) { try await $0.get("/orders") }
        #expect(answer[.vary] == "Origin")
    }
}
