internal import CRdkafka
internal import Synchronization

/// Whether a member has asked to join and has not been told yet what it got. A commit in between arrives behind that
/// request with the number of the old generation, whereupon librdkafka takes all lanes for lost. It shows its state to
/// nobody, but it does show the requests that it sends.
///
/// Safety: librdkafka's reference is its own, which `detach` gives back when the client is gone.
final class JoinWatch: Sendable {
    private let isJoining = Atomic<Bool>(false)

    var isUnderWay: Bool { isJoining.load(ordering: .relaxed) }
    func begins() { isJoining.store(true, ordering: .relaxed) }
    func ends() { isJoining.store(false, ordering: .relaxed) }

    func attach(to configuration: OpaquePointer) {
        let reference = unsafe Unmanaged.passRetained(self).toOpaque()
        unsafe rd_kafka_conf_interceptor_add_on_new(
            configuration, "tradewind",
            { client, _, reference, _, _ in
                unsafe rd_kafka_interceptor_add_on_request_sent(
                    client, "tradewind",
                    { _, _, _, _, request, _, _, _, reference in
                        let joinGroup = 11
                        if Int(request) == joinGroup, let reference = unsafe reference {
                            unsafe Unmanaged<JoinWatch>.fromOpaque(reference).takeUnretainedValue().begins()
                        }
                        return RD_KAFKA_RESP_ERR_NO_ERROR
                    }, reference)
            }, reference)
    }

    func detach() { unsafe Unmanaged.passUnretained(self).release() }
}
