internal import CRdkafka
internal import CRdkafkaLoader
internal import Glibc
internal import Synchronization
internal import TradewindReactor

/// A Kafka for tests: the one that `KAFKA_BROKERS` names; else one of their own, where `TRADEWIND_KAFKA` names a
/// program that can `start DIR PORT` and `kill DIR` it and leaves its pid in `DIR/pid`; else librdkafka's imitation,
/// which knows messages and groups of one member (it aborts when a second one joins), no faults, and makes no topics.
package final class KafkaServer: Sendable {
    private enum Kind: Sendable {
        case given(String)
        case own(ShellHelper, folder: String, port: Int)
        case imitation(Imitation)
    }

    private let kind: Kind
    private let orders = Atomic<Int>(0)

    private init(_ kind: Kind) { self.kind = kind }

    /// Why no test can speak with any Kafka in this process. librdkafka starts its threads by C11's `thrd_create`,
    /// which the thread sanitizer does not see, and then crashes in them.
    package static let whyUnusable =
        unsafe dlsym(nil, "__tsan_init") == nil ? nil : "librdkafka's threads are unknown to the thread sanitizer"

    /// It has Kafka's own tools as well.
    package static let program = variable("TRADEWIND_KAFKA")
    private static let shared = Task {
        if let given = given() { return given }
        return if let own = try await own(ifThereIs: program) { own } else { try imitation() }
    }

    /// The one of this whole process. Topics and groups have names of their own in each test.
    package static func forAll() async throws -> KafkaServer { try await shared.value }

    /// One that can be killed without harm to others; it ends with `stop`, or with this process. Nil where there is
    /// no program for it.
    package static func alone() async throws -> KafkaServer? { try await own(ifThereIs: program) }

    package var brokers: String {
        switch kind {
        case .given(let brokers): brokers
        case .own(_, _, let port): "127.0.0.1:\(port)"
        case .imitation(let imitation): imitation.brokers
        }
    }

    var port: UInt16? { if case .own(_, _, let port) = kind { UInt16(port) } else { nil } }

    package var isReal: Bool { if case .imitation = kind { false } else { true } }

    /// Topics for the imitation; the others make them as they are asked.
    package func imitate(_ topics: [(name: String, partitions: Int)]) {
        guard case .imitation(let imitation) = kind else { return }
        for topic in topics { imitation.make(topic.name, topic.partitions) }
    }

    // MARK: Its own

    private static func own(ifThereIs program: String?) async throws -> KafkaServer? {
        guard let program else { return nil }
        let port = Int(try await SocketAddress.free().port), folder = try makeFolder()
        let helper = try ShellHelper(script, [program, folder, "\(port)"])
        let server = KafkaServer(.own(helper, folder: folder, port: port))
        do {
            try await server.start()
            return server
        } catch {
            server.stop()
            throw error
        }
    }

    /// As for PostgreSQL, but what starts it leaves it to itself, so its end is this shell's duty.
    private static let script = """
        program=$1 folder=$2 port=$3 number=0
        cd "$folder"
        while read -r order; do
            case $order in
            start) KAFKA_HEAP=${KAFKA_HEAP:-320m} "$program" start "$folder" "$port" ;;
            kill) "$program" kill "$folder" ;;
            freeze) kill -STOP "$(cat pid)" ;;
            thaw) kill -CONT "$(cat pid)" ;;
            esac >>helper.log 2>&1 </dev/null
            number=$((number + 1)); : >"done-$number"
        done
        { kill -CONT "$(cat pid)"; "$program" kill "$folder"; } >>helper.log 2>&1
        cd /; rm -rf "$folder"
        """

    private func order(_ order: String) async throws {
        guard case .own(let helper, let folder, _) = kind else { throw DidNotHappen("\(order): it is not ours") }
        let number = orders.add(1, ordering: .relaxed).newValue
        try helper.tell(order)
        try await eventually(within: .seconds(90), "Kafka: \(order)") {
            unsafe access("\(folder)/done-\(number)", F_OK) == 0
        }
    }

    package func start() async throws {
        try await order("start")
        guard case .own(_, let folder, _) = kind, unsafe access("\(folder)/pid", F_OK) == 0 else {
            throw DidNotHappen("the start of Kafka")
        }
    }
    package func kill() async throws { try await order("kill") }
    package func freeze() async throws { try await order("freeze") }
    package func thaw() async throws { try await order("thaw") }

    /// Ends it and removes its folder.
    package func stop() { if case .own(let helper, _, _) = kind { helper.end() } }

    // MARK: The others

    private static func given() -> KafkaServer? { variable("KAFKA_BROKERS").map { KafkaServer(.given($0)) } }

    private static func imitation() throws -> KafkaServer {
        guard let imitation = Imitation() else { throw DidNotHappen("librdkafka's mock cluster") }
        return KafkaServer(.imitation(imitation))
    }
}

private func variable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe value.pointee == 0 ? nil : unsafe String(cString: value)
}

/// A cluster within librdkafka that listens on this machine.
///
/// Safety: `@unchecked Sendable` because it lives as long as the process, and its functions lock it.
@safe private final class Imitation: @unchecked Sendable {
    private let cluster: OpaquePointer
    let brokers: String

    init?() {
        guard tw_load_librdkafka(), let host = unsafe rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nil, 0),
            let cluster = unsafe rd_kafka_mock_cluster_new(host, 1),
            let brokers = unsafe rd_kafka_mock_cluster_bootstraps(cluster)
        else { return nil }
        unsafe (self.cluster, self.brokers) = (cluster, String(cString: brokers))
    }

    func make(_ topic: String, _ partitions: Int) {
        _ = unsafe rd_kafka_mock_topic_create(cluster, topic, CInt(clamping: partitions), 1)
    }
}
