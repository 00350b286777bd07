import Testing
import TradewindCQRS

@Suite struct `A trace context` {
    private let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func `is read and written as W3C says`() throws {
        let trace = try #require(TraceContext(parent: parent, state: "vendor=1"))
        #expect(trace.traceID == 0x0AF7_6519_16CD_43DD_8448_EB21_1C80_319C)
        #expect(trace.spanID == 0xB7AD_6B71_6920_3331)
        #expect(trace.isSampled)
        #expect(trace.state == "vendor=1")
        #expect(trace.parent == parent)
    }

    @Test func `goes on below another span`() throws {
        let trace = try #require(TraceContext(parent: parent, state: "vendor=1")).below(0xAB)
        #expect(trace.parent == "00-0af7651916cd43dd8448eb211c80319c-00000000000000ab-01")
        #expect(trace.state == "vendor=1")
    }

    @Test(arguments: [
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", false),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03", true),
        ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes-later", true),
    ]) func `of which only one flag counts, and of later versions only what we know`(parent: String, isSampled: Bool) {
        #expect(TraceContext(parent: parent)?.isSampled == isSampled)
    }

    @Test(arguments: [
        "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
        "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333g-01",
        "0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.what",
    ]) func `is not made of anything else`(parent: String) {
        #expect(TraceContext(parent: parent) == nil)
    }

    @Test func `drops a state that is too long, and keeps the trace`() {
        let trace = TraceContext(parent: parent, state: String(repeating: "a", count: 513))
        #expect(trace != nil)
        #expect(trace?.state == nil)
    }
}
