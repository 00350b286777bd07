import Testing
import TradewindCQRS
import TradewindDomain
import TradewindMessaging
import TradewindTesting

private struct ParcelSent: IntegrationEvent, Equatable {
    static let name: EventName = "parcel.sent"
    static let version = 2
    let parcel: String, number: Int
    var subject: String { parcel }
}

@Suite struct `A CloudEvent` {
    private func delivery(_ body: String, _ headers: [String: String] = [:]) -> Delivery {
        Delivery(
            place: Place(Lane("parcel.sent", 0), 1), topic: "parcel.sent", key: "p", body: Array(body.utf8),
            headers: headers)
    }

    @Test func `is read as it was written`() throws {
        let trace = TraceContext(traceID: 7, spanID: 9, isSampled: true, state: "a=1")
        let request = RequestContext(id: .given("r-1"), caller: .anonymous, trace: trace)
        let id = UUID(high: 1, low: 2)
        let written = try Envelope(
            ParcelSent(parcel: "p", number: 3), id: id, source: "store", at: .noon, for: request)
        let read = try Received<ParcelSent>(delivery(String(decoding: written.body, as: UTF8.self)))
        #expect(read.event == ParcelSent(parcel: "p", number: 3) && read.id == id.description)
        #expect(read.envelope.source == "store" && read.envelope.time == .noon && read.request.id == .given("r-1"))
        #expect(read.request.trace == trace && read.request.caller == .service("store"))
    }

    @Test func `is read in binary mode`() throws {
        let headers = [
            "ce_specversion": "1.0", "ce_id": "abc", "ce_source": "/shop", "ce_type": "parcel.sent",
            "ce_dataschema": "parcel.sent/v1", "traceparent": "00-000000000000000000000000000000ab-00000000000000cd-01",
        ]
        let read = try Received<ParcelSent>(delivery(#"{"parcel":"p","number":3}"#, headers))
        #expect(read.event == ParcelSent(parcel: "p", number: 3))
        // Only with its source is a foreign id unique.
        #expect(read.id == "/shop#abc" && read.request.trace?.traceID == 0xAB && read.request.id == .given("abc"))
    }

    @Test(arguments: [
        ("", "line 1"), ("{", "line 1"), ("[]", "object"), (#"{"specversion":"1.0"}"#, "id"),
        (#"{"specversion":"0.3","id":"1","source":"s","type":"parcel.sent","data":{}}"#, "0.3"),
        (#"{"specversion":"1.0","id":"1","source":"s","type":"parcel.lost","data":{}}"#, "parcel.lost"),
        (#"{"specversion":"1.0","id":"1","source":"s","type":"parcel.sent"}"#, "data"),
        (#"{"specversion":"1.0","id":"1","source":"s","type":"parcel.sent","data":{"parcel":7,"number":1}}"#, "parcel"),
        (
            #"{"specversion":"1.0","id":"1","source":"s","type":"parcel.sent","dataschema":"parcel.sent/v3","data":{}}"#,
            "version 3"
        ),
        (
            #"{"specversion":"1.0","id":"1","source":"s","type":"parcel.sent","dataschema":"other","data":{}}"#,
            "schema other"
        ),
    ]) func `that nobody could ever handle is poison, with what is wrong`(body: String, reason: String) {
        let poison = #expect(throws: PoisonMessage.self) { try Received<ParcelSent>(delivery(body)) }
        #expect(poison?.description.contains(reason) == true, "\(poison?.description ?? "nothing")")
    }

    @Test func `of ten megabytes is poison without being read`() {
        let body = String(repeating: "x", count: 10 << 20)
        let poison = #expect(throws: PoisonMessage.self) { try Received<ParcelSent>(delivery(body)) }
        #expect(poison?.description.contains("10485760 bytes") == true)
    }

    @Test(arguments: ["", "a\nb", String(repeating: "x", count: 129)])
    func `has a request id that logs and headers can hold`(id: String) throws {
        let body = try String(
            decoding: Envelope(
                ParcelSent(parcel: "p", number: 3), id: .zero, source: "store", at: .noon,
                for: RequestContext(id: .given(id), caller: .anonymous)
            ).body, as: UTF8.self)
        #expect(try Received<ParcelSent>(delivery(body)).request.id == .given("unreadable"))
    }
}
