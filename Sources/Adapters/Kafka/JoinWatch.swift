internal import CRdkafka
internal import Synchronization

/// Whether a member has asked to join and has not been told yet what it got. A commit in between arrives behind that
/// request with the number of the old generation, whereupon librdkafka takes all lanes for lost. It shows its state to
/// nobody, but it does show the requests that it sends. Also whether it has asked to leave.
///
/// Safety: librdkafka's reference is its own, which `detach` gives back when the client is gone.
final class JoinWatch: Sendable {
    private static let idle: UInt8 = 0, expected: UInt8 = 1, sent: UInt8 = 2
    private let state = Atomic<UInt8>(idle)

    private let left = Atomic<Bool>(false)
    var hasLeft: Bool { left.load(ordering: .relaxed) }

    var isUnderWay: Bool { state.load(ordering: .relaxed) != Self.idle }

    /// Who has given lanes back joins again; but first it is told what it got in the generation that ends.
    func isExpected() { state.store(Self.expected, ordering: .relaxed) }
    private func sent(_ request: Int16) {
        let joinGroup: Int16 = 11, leaveGroup: Int16 = 13
        if request == joinGroup { state.store(Self.sent, ordering: .relaxed) }
        if request == leaveGroup { left.store(true, ordering: .relaxed) }
    }

    /// The group has told what is whose.
    func ends() { _ = state.compareExchange(expected: Self.sent, desired: Self.idle, ordering: .relaxed) }

    func attach(to configuration: OpaquePointer) {
        let reference = unsafe Unmanaged.passRetained(self).toOpaque()
        unsafe rd_kafka_conf_interceptor_add_on_new(
            configuration, "tradewind",
            { client, _, reference, _, _ in
                unsafe rd_kafka_interceptor_add_on_request_sent(
                    client, "tradewind",
                    { _, _, _, _, request, _, _, _, reference in
                        if let reference = unsafe reference {
                            unsafe Unmanaged<JoinWatch>.fromOpaque(reference).takeUnretainedValue().sent(request)
                        }
                        return RD_KAFKA_RESP_ERR_NO_ERROR
                    }, reference)
            }, reference)
    }

    func detach() { unsafe Unmanaged.passUnretained(self).release() }
}
