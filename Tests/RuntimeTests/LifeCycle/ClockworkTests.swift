import Foundation
import Testing
import TradewindDomain
import TradewindRuntime

@Suite struct `The live clockwork` {
    @Test func `tells the time of this machine`() {
        let now = Date.now.timeIntervalSince1970
        #expect(abs(Double(Clockwork.live.now().microseconds) / 1e6 - now) < 5)
    }

    @Test func `measures without stepping back`() {
        let moments = (0..<100).map { _ in Clockwork.live.uptime() }
        #expect(moments == moments.sorted())
    }

    @Test func `makes ids that rise for each task and that nobody makes twice`() async {
        let perTask = await withTaskGroup(of: [TradewindDomain.UUID].self) { group in
            for _ in 0..<4 { group.addTask { (0..<5_000).map { _ in Clockwork.live.newUUID() } } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for ids in perTask { #expect(ids == ids.sorted()) }
        #expect(Set(perTask.joined()).count == 20_000)
    }
}
