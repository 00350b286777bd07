import Testing
import TradewindDomain

@testable import TradewindMessaging

@Suite struct `A consumer` {
    private let orders = EventName("order.created")

    @Test func `tells of each failure, but of an outage, which meets every message, once a second`() {
        var status = ConsumerStatus(topics: [orders])
        func isTold(_ verdict: Verdict, at milliseconds: Int64) -> Bool {
            status.note(orders, verdict, at: Timestamp(microseconds: milliseconds * 1_000))
        }
        #expect(isTold(.failed("the price is unknown"), at: 0) && isTold(.failed("the price is unknown"), at: 1))
        #expect(isTold(.outage("no database"), at: 2))
        #expect(!isTold(.outage("no database"), at: 3) && !isTold(.outage("still none"), at: 1_001))
        #expect(isTold(.outage("no database"), at: 1_002))
        #expect(status.topics[orders]?.failed == 6)
    }
}
