internal import CRdkafka
internal import TradewindMessaging

/// An error of librdkafka, and what it says about it.
struct Trouble: Error {
    let code: rd_kafka_resp_err_t, text: String

    init(_ code: rd_kafka_resp_err_t, _ text: String? = nil) {
        self.code = code
        self.text = unsafe text ?? String(cString: rd_kafka_err2str(code))
    }

    /// Takes the error over.
    init?(_ error: OpaquePointer?) {
        guard let error = unsafe error else { return nil }
        defer { unsafe rd_kafka_error_destroy(error) }
        unsafe self.init(rd_kafka_error_code(error), String(cString: rd_kafka_error_string(error)))
    }

    var isFine: Bool { code == RD_KAFKA_RESP_ERR_NO_ERROR }

    /// It says no more than that there was no answer; something else may have said why.
    var isSilence: Bool { Self.silences.contains(code) }

    /// Trying again will not help.
    var isRefusal: Bool { Self.refusals.contains(code) }

    /// A partition has no leader yet, or another one.
    var isMove: Bool {
        code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION || code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE
            || code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART
    }

    var failure: BrokerFailure { BrokerFailure(isRefusal ? .refused : .unavailable, words) }

    var words: String {
        switch code {
        case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
            RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE:
            "Kafka does not let us in, look at the name and the password: \(text)"
        case RD_KAFKA_RESP_ERR__RESOLVE: "the host of Kafka is not known by that name: \(text)"
        case RD_KAFKA_RESP_ERR__SSL: "Kafka and we do not agree on TLS: \(text)"
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
            "Kafka does not allow us this: \(text)"
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE: "the message is larger than Kafka takes: \(text)"
        case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
            RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
            "Kafka has no such topic: \(text)"
        case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID: "another process has the same name as this member of the group"
        case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN: "Kafka cannot be reached: \(text)"
        case RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
            RD_KAFKA_RESP_ERR__PURGE_QUEUE, RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, RD_KAFKA_RESP_ERR__WAIT_COORD:
            "Kafka does not answer"
        default: "Kafka says: \(text)"
        }
    }

    private static let silences: Set<rd_kafka_resp_err_t> = [
        RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__TIMED_OUT,
        RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, RD_KAFKA_RESP_ERR__PURGE_QUEUE,
        RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, RD_KAFKA_RESP_ERR__WAIT_COORD,
    ]

    private static let refusals: Set<rd_kafka_resp_err_t> = [
        RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
        RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE,
        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
        RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
        RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE, RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
        RD_KAFKA_RESP_ERR__INVALID_ARG, RD_KAFKA_RESP_ERR_INVALID_PARTITIONS, RD_KAFKA_RESP_ERR_INVALID_CONFIG,
        RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
        RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
        RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, RD_KAFKA_RESP_ERR__SSL,
    ]
}
