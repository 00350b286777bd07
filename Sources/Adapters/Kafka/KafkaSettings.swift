internal import TradewindReactor

/// How a process uses Kafka.
package struct KafkaSettings: Sendable {
    package enum Mechanism: String, CaseIterable, Sendable {
        case plain = "PLAIN", scram256 = "SCRAM-SHA-256", scram512 = "SCRAM-SHA-512"
    }

    package struct Login: Sendable {
        package let mechanism: Mechanism, name: String, password: String

        package init(_ mechanism: Mechanism, name: String, password: String) {
            (self.mechanism, self.name, self.password) = (mechanism, name, password)
        }
    }

    package enum Encryption: Sendable {
        case none
        /// With the authorities of the system, or those in the file.
        case tls(authorities: String?)
    }

    package enum Compression: String, Sendable { case none, lz4 }

    /// `host:port`, several with commas between them. One that answers is enough: it names the others.
    package var brokers: String
    package var client = "tradewind"
    package var login: Login?
    package var encryption = Encryption.none

    /// Of topics that are made here. Members of a group beyond the number of partitions have nothing to do.
    package var partitions = 8
    /// Copies of each partition; -1 leaves it to the broker.
    package var replication = -1
    /// What the broker takes as one message. Over a million bytes, topics that are made here are told so.
    package var largestMessage = 1_000_000
    package var compression = Compression.lz4
    /// How long an event waits for others to travel with.
    package var linger = Duration.zero

    /// A member that is silent for so long has died. The brokers' smallest is usually 6 s.
    package var sessionTimeout = Duration.seconds(6)
    /// For each process another, and the same after a restart: then nothing moves to others meanwhile, nor when it is
    /// stopped for less than the session timeout. Without it a member has a name of its own, and leaves with it.
    package var member: String?
    /// How long those who have to give lanes away may finish what they hold of them.
    package var releaseTimeout = Duration.seconds(5)
    /// With events under way, a broker that acknowledges none for so long is taken to be away.
    package var silence = Duration.milliseconds(1_200)
    /// For what is asked of the broker besides.
    package var patience = Duration.milliseconds(1_700)
    /// How often librdkafka tells its figures.
    package var statistics = Duration.seconds(5)
    /// Bytes that are fetched before somebody asks for them; of each membership.
    package var fetchedAhead = 32 * 1_048_576

    package init(_ brokers: String) { self.brokers = brokers }
}

extension KafkaSettings {
    typealias Words = [(key: String, value: String)]

    /// In librdkafka's words, what producers and consumers have in common.
    var common: Words {
        var words: Words = [
            ("bootstrap.servers", brokers), ("client.id", client),
            ("message.max.bytes", "\(largestMessage)"),
            ("receive.message.max.bytes", "\(max(100_000_000, largestMessage &* 2))"),
            // A broker that comes back is found within half a second.
            ("reconnect.backoff.ms", "50"), ("reconnect.backoff.max.ms", "500"),
            ("socket.connection.setup.timeout.ms", "2000"),
            ("socket.timeout.ms", "\(max(4_000, patience.milliseconds))"),
            ("socket.keepalive.enable", "true"), ("socket.nagle.disable", "true"),
            ("topic.metadata.refresh.fast.interval.ms", "100"), ("topic.metadata.propagation.max.ms", "1000"),
        ]
        let protocols =
            encryption.isOn ? (plain: "ssl", sasl: "sasl_ssl") : (plain: "plaintext", sasl: "sasl_plaintext")
        words.append(("security.protocol", login == nil ? protocols.plain : protocols.sasl))
        if case .tls(let file?) = encryption { words.append(("ssl.ca.location", file)) }
        if let login {
            words.append(("sasl.mechanisms", login.mechanism.rawValue))
            words.append(("sasl.username", login.name))
            words.append(("sasl.password", login.password))
        }
        return words
    }

    /// Idempotent: the broker knows each message by its number, so what librdkafka sends again stays one message and in
    /// its place. Partitions are chosen as Java's client does.
    var ofProducers: Words {
        common + [
            ("enable.idempotence", "true"), ("acks", "all"), ("partitioner", "murmur2_random"),
            // Not five: a broker takes any number as the first of a producer that it does not know. If the partition's
            // leader is just being chosen it can refuse the first request and take the second, and the first is lost,
            // though librdkafka calls it acknowledged (docs/decisions/0064).
            ("max.in.flight", "1"),
            ("compression.codec", compression.rawValue), ("linger.ms", "\(linger / .milliseconds(1))"),
            ("batch.size", "1000000"),
            ("queue.buffering.max.messages", "100000"), ("queue.buffering.max.kbytes", "262144"),
            ("message.timeout.ms", "30000"), ("retry.backoff.ms", "50"),
            ("statistics.interval.ms", "\(statistics.milliseconds)"),
        ]
    }

    var ofReaders: Words {
        common + [
            ("enable.auto.commit", "false"), ("enable.auto.offset.store", "false"), ("auto.offset.reset", "earliest"),
            ("fetch.error.backoff.ms", "100"), ("queued.max.messages.kbytes", "\(max(1_024, fetchedAhead / 1_024))"),
        ]
    }

    private static func newName() -> String {
        var words: [UInt64] = [0, 0]
        var span = words.mutableSpan
        fillWithRandomness(&span)
        return String(words[0], radix: 36) + String(words[1], radix: 36)
    }

    func ofMembers(of group: String) -> Words {
        let session = max(1_000, sessionTimeout.milliseconds)
        return ofReaders + [
            ("group.id", group), ("partition.assignment.strategy", "cooperative-sticky"),
            ("session.timeout.ms", "\(session)"), ("heartbeat.interval.ms", "\(session / 4)"),
            ("max.poll.interval.ms", "\(max(60_000, session))"),
            ("statistics.interval.ms", "\(statistics.milliseconds)"),
            // A broker that comes back remembers its members. One that has given it up meanwhile joins under a new id,
            // and without a name would have to wait until the session of the old one is over.
            ("group.instance.id", "\(member ?? Self.newName())-\(group)"),
        ]
    }
}

extension KafkaSettings.Encryption {
    fileprivate var isOn: Bool { if case .tls = self { true } else { false } }
}

extension Duration {
    var milliseconds: Int {
        Int(clamping: components.seconds.multipliedReportingOverflow(by: 1_000).partialValue)
            + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
