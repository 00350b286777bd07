internal import TradewindKafka
internal import TradewindMessaging
internal import TradewindReactor
internal import TradewindRedis

/// What can happen to a broker, or on the way to it.
package enum Mishap: String, CaseIterable, Sendable { case killed, frozen, cut, reset, silent }

/// A broker that may be hurt, because nobody else has it, and the wire to it.
package struct Ward: Sendable {
    fileprivate enum Server: Sendable { case redis(RedisServer), kafka(KafkaServer) }

    fileprivate let server: Server
    fileprivate let wire: Wire

    package func hurt(_ mishap: Mishap) async throws {
        switch (mishap, server) {
        case (.killed, .redis(let redis)): try await redis.kill()
        case (.killed, .kafka(let kafka)): try await kafka.kill()
        case (.frozen, .redis(let redis)): try await redis.freeze()
        case (.frozen, .kafka(let kafka)): try await kafka.freeze()
        case (.cut, _): wire.set(.cut)
        case (.reset, _): wire.reset()
        case (.silent, _): wire.set(.silent)
        }
    }

    /// As it was before.
    package func heal(_ mishap: Mishap) async throws {
        switch (mishap, server) {
        case (.killed, .redis(let redis)): try await redis.start()
        case (.killed, .kafka(let kafka)): try await kafka.start()
        case (.frozen, .redis(let redis)): try await redis.thaw()
        case (.frozen, .kafka(let kafka)): try await kafka.thaw()
        case (.cut, _), (.reset, _), (.silent, _): wire.set(.whole)
        }
    }
}

extension Carrier {
    /// Those that stand outside of the process, and so can be away from it.
    package static let outside: [Carrier] = [.redis, .kafka]

    /// One for all who hurt it: it takes seconds to start. It ends with this process.
    private static let kafkaToHurt = Task { try await KafkaServer.alone() }

    /// Why none can be hurt on this machine.
    package func whyNoWard() async throws -> String? {
        switch self {
        case .embedded: "it cannot be away from itself"
        case .redis: RedisServer.isInstalled ? nil : "Redis is not installed"
        case .kafka:
            KafkaServer.whyUnusable ?? (KafkaServer.program == nil ? "TRADEWIND_KAFKA names no program" : nil)
        }
    }

    /// Runs `body` with a broker whose server it may hurt, with the times that services have. One after the other.
    package func openWard(_ body: @escaping @Sendable (Site, Ward) async throws -> Void) async throws {
        switch self {
        case .embedded: throw DidNotHappen("a server of the embedded broker")
        case .redis:
            // With `everysec` Redis answers before it writes, for up to two seconds, while a slow disk syncs.
            let server = try await RedisServer.start(options: "--appendfsync always")
            defer { server.stop() }
            try await Wire.laid(to: server.port) { port, wire in
                try await onLoops { loops, workers in
                    var settings = RedisSettings()
                    settings.port = port
                    let broker = RedisBroker(RedisClient(on: loops, workers: workers, settings: settings))
                    let ward = Ward(server: .redis(server), wire: wire)
                    try await use(broker, at: "redis://127.0.0.1:\(port)") { try await body($0, ward) }
                }
            }
        case .kafka:
            guard let server = try await Self.kafkaToHurt.value, let port = server.port else {
                throw DidNotHappen("a Kafka of its own")
            }
            try await Wire.laid(to: port, rewriting: Self.addressInKafka) { port, wire in
                try await onLoops { loops, workers in
                    let broker = try KafkaBroker(
                        on: loops, workers: workers, settings: KafkaSettings("127.0.0.1:\(port)"))
                    let ward = Ward(server: .kafka(server), wire: wire)
                    try await use(broker, at: "127.0.0.1:\(port)") { try await body($0, ward) }
                }
            }
        }
    }

    /// In the protocol a port is a number of four bytes behind its host.
    private static let addressInKafka: @Sendable (UInt16) -> [UInt8] = { port in
        Array("127.0.0.1".utf8) + [0, 0, UInt8(port >> 8), UInt8(port & 255)]
    }
}
