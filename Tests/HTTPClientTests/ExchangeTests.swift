import Testing
import TradewindHTTP
import TradewindHTTPClient
import TradewindReactor
import TradewindTesting

@Suite struct `Asking a server` {
    @Test func `a text comes back`() async throws {
        try await withServer({ _ in .text("hello") }) { address in
            let text = try await withClient { try await $0.get(address.url + "/").text }
            #expect(text == "hello")
        }
    }
}
