internal import TradewindBrokers
internal import TradewindDomain
internal import TradewindLocks
internal import TradewindMessaging
internal import TradewindObservability
internal import TradewindPersistence

extension Host {
    /// The broker of the process, with the parts that keep it going, made when the first service needs it.
    func broker() throws -> any Broker {
        try openedBroker.get {
            let choice = config.messaging.broker
            let broker = try openBroker(choice) {
                try keep(.messages, isPlatform: false).database
            }
            let name = "broker (\(choice.name.rawValue))"
            check(HealthCheck(name) { try await broker.check() })
            add(
                BrokerKeeper(
                    name: name, broker: broker, readiness: readiness,
                    clockwork: observability.clockwork), in: .messaging)
            observability.metrics.read(broker)
            return broker
        }
    }

    /// Joins the group of the service's name as soon as its database is there.
    func consume(_ service: HostedService, _ subscriptions: [Subscription]) throws -> Consumer {
        guard Set(subscriptions.map(\.topic)) == Set(service.topics) else {
            throw HostingMistake("\(service.name) declares that it listens to others than it has subscriptions for")
        }
        let broker = try broker()
        let log = observability.log.named(service.name)
        let watch = MessageWatch(observability.metrics, observability.tracer, log, observability.clockwork)
        let consumer = Consumer(
            service.name, on: broker, subscriptions, clockwork: observability.clockwork, executors: executors,
            observer: watch.observer)
        broker.announce(service.name, of: consumer.topics)
        let all = consumers.withLock { consumers in
            consumers.append(consumer)
            return consumers
        }
        observability.metrics.read(all, on: broker)
        add(
            ConsumerPart(
                name: "messages to \(service.name)", consumer: consumer, isMigrated: try keep(service).isMigrated),
            in: .consuming)
        return consumer
    }
}

/// Looks whether the broker is there, and closes it at the end.
struct BrokerKeeper: Service {
    let name: String
    let broker: any Broker
    let readiness: Readiness
    let clockwork: Clockwork

    private static let interval = Duration.seconds(2)

    func run(_ life: Life) async throws {
        life.started()
        try await life.untilStop {
            while true {
                do throws(BrokerFailure) {
                    try await broker.check()
                    readiness.has(name)
                } catch {
                    readiness.lacks(name, "\(error)")
                }
                try await clockwork.sleep(Self.interval)
            }
        }
        await broker.close()
    }
}

/// A consumer as a part: what it has in hand when it has to stop is finished first.
struct ConsumerPart: Service {
    let name: String
    let consumer: Consumer
    let isMigrated: Latch

    func run(_ life: Life) async throws {
        life.started()
        await withTaskGroup { group in
            group.addTask {
                // Without its tables a handler would take each message for one that nobody can handle.
                await isMigrated.wait()
                if isMigrated.isOpen { await consumer.run() }
            }
            await life.stopRequested()
            consumer.stop()
            if !isMigrated.isOpen { group.cancelAll() }
            await group.waitForAll()
        }
    }
}

/// A service that is not put together as it says.
struct HostingMistake: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
