internal import TradewindBrokers
internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindPersistence
internal import TradewindReactor

/// What the commands that look at dead letters share: the broker, and the databases beside it.
struct DeadLetterDesk: Sendable {
    typealias OpenDatabase = @Sendable (HostedService) throws -> any Database

    let hosted: [HostedService]
    let settings: @Sendable () throws -> PlatformConfig

    var topics: [EventName] { Array(Set(hosted.flatMap(\.topics))).sorted { $0.description < $1.description } }

    func open<Result: Sendable>(
        _ body: @escaping @Sendable (any Broker, OpenDatabase) async throws -> Result
    ) async throws -> Result {
        let config = try settings()
        let loops = try EventLoopGroup(count: 1)
        let workers = WorkerPool(threads: 2, queueLimit: 64)
        defer {
            loops.shutDown()
            workers.shutDown()
        }
        let database: OpenDatabase = { try config.database.open($0, on: loops, workers: workers) }
        let letters = config.messaging.broker.name == .embedded ? try database(.messages) : nil
        let broker = try config.messaging.broker.open(on: loops, workers: workers) {
            guard let letters else { throw HostingMistake("this broker keeps its dead letters itself") }
            return letters
        }
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(
                try await loops.loops[0].run {
                    if let letters {
                        try await Migrator(letters).migrate(BrokerChoice.deadLetters, at: Clockwork.live.now())
                    }
                    return try await body(broker, database)
                })
        } catch { result = .failure(error) }
        await broker.close()
        await letters?.close()
        do { return try result.get() } catch let failure as BrokerFailure {
            throw DatabaseFailure("the broker: \(failure)")
        }
    }

    /// An embedded broker reaches its own process only, so what is to come again there is put into the outbox of the
    /// service that could not handle it: the process that runs takes it from there.
    func replay(_ id: DeadLetter.Identifier) async throws -> Bool {
        let isEmbedded = try settings().messaging.broker.name == .embedded
        return try await open { broker, database in
            guard isEmbedded else { return try await broker.replay(id, as: Clockwork.live.newUUID()) }
            guard let letter = try await broker.deadLetters.find(id) else { return false }
            guard let service = hosted.first(where: { $0.name == id.group }) else {
                throw DatabaseFailure("\(id.group) is no service of this program")
            }
            let outbox = try database(service)
            let message = Envelope(
                id: Clockwork.live.newUUID(), topic: letter.topic, key: letter.key, body: letter.body)
            do { try await outbox.execute(Outbox.insert(message, at: Clockwork.live.now())) } catch {
                await outbox.close()
                throw error
            }
            await outbox.close()
            return try await broker.deadLetters.drop(id)
        }
    }
}
