internal import ChannelsContracts
package import TradewindCQRS
package import TradewindDomain
package import TradewindMessaging
internal import TradewindPersistence
package import TradewindRepositories
package import TradewindRuntime
package import TradewindSecurity
internal import UsersContracts

/// Channels: messages become trading signals, and signals become orders of those who follow.
package struct ChannelsService: Sendable {
    package static let name = "channels"

    package let commands: CommandBus<DatabaseWork>
    package let queries: QueryBus
    package let subscriptions: [Subscription]
    package let feed = SignalFeed()
    package let expire: ExpireSignals
    let door: WebhookDoor

    /// - Parameter boxes: what secrets of other systems are kept in.
    package init(
        _ store: Store, boxes: SealedBoxes, chance: Chance, authorisation: Authorisation,
        instruments: Instruments = .none, clockwork: Clockwork
    ) throws(Miswiring) {
        let behaviours = CommandBehaviours(
            instruments: instruments, authorisation: authorisation, idempotency: store.answers,
            unitOfWork: store.work, clockwork: clockwork)
        let intake = MessageIntake(clockwork: clockwork)
        commands = try CommandBus(
            for: [
                RegisterChannel.self, RenameChannel.self, ChangeSettings.self, PauseChannel.self, ResumeChannel.self,
                CloseChannel.self, ReceiveMessage.self, ReceiveMessages.self, RenewWebhookSecret.self,
                FollowChannel.self, ChangeFollower.self, PauseFollower.self, ResumeFollower.self, RemoveFollower.self,
                PublishMessage.self,
            ], behaviours
        ) {
            RegisterChannelHandler(clockwork: clockwork)
            RenameChannelHandler()
            ChangeSettingsHandler()
            PauseChannelHandler()
            ResumeChannelHandler()
            CloseChannelHandler()
            ReceiveMessageHandler(intake: intake)
            ReceiveMessagesHandler(intake: intake)
            RenewWebhookSecretHandler(boxes: boxes, chance: chance)
            FollowChannelHandler(clockwork: clockwork)
            ChangeFollowerHandler(clockwork: clockwork)
            PauseFollowerHandler(clockwork: clockwork)
            ResumeFollowerHandler(clockwork: clockwork)
            RemoveFollowerHandler()
            PublishMessageHandler(clockwork: clockwork)
        }
        queries = try QueryBus(
            for: [
                ChannelByID.self, GetChannels.self, CountUserChannels.self, ListMessages.self, SignalByID.self,
                ListSignals.self, SignalStatistics.self, FollowerByID.self, ListFollowers.self, ListCopies.self,
            ], instruments: instruments, authorisation: authorisation, clockwork: clockwork
        ) {
            ChannelByIDHandler(database: store.database)
            GetChannelsHandler(database: store.database)
            CountUserChannelsHandler(database: store.database)
            ListMessagesHandler(database: store.database)
            SignalByIDHandler(database: store.database)
            ListSignalsHandler(database: store.database)
            SignalStatisticsHandler(database: store.database)
            FollowerByIDHandler(database: store.database)
            ListFollowersHandler(database: store.database)
            ListCopiesHandler(database: store.database)
        }
        let copier = Copier(store: store, clockwork: clockwork)
        subscriptions = [
            .followTheMarket(store, clockwork), .copySignal(copier), .continueCopying(copier), .endCopies(copier),
            .continueEnding(copier), .endWhatWasOfDeletedUser(store),
        ]
        expire = ExpireSignals(store: store, clockwork: clockwork)
        door = WebhookDoor(database: store.database, boxes: boxes, clockwork: clockwork)
    }
}

extension ChannelsService {
    package static let hosted = HostedService(
        name, port: 3004, schema: [.eventStore(), schema],
        listensTo: [
            MarketPrice.self, TradingSignalReceived.self, TradingSignalUpdated.self, CopyingContinued.self,
            EndingContinued.self, UserDeleted.self,
        ],
        commands: [{ .replayPrices($0) }, { _ in .parseSignal }]
    ) { env in
        let keys = env(
            "CHANNELS_ENCRYPTION_KEY", .list(.secret(atLeast: 32)), default: [],
            describedDefault: "drawn from `JWT_SECRET`",
            help: "Encrypts the secrets of webhooks: the first seals, each opens; 32 bytes or more")
        return { host in
            let (store, clockwork) = (try host.store(), host.clockwork)
            let master = keys.isEmpty ? [host.security.jwtSecret] : keys
            let service = try ChannelsService(
                store, boxes: SealedBoxes(master.map(\.revealed)), chance: .live, authorisation: host.authorisation,
                instruments: host.instruments, clockwork: clockwork)
            try host.every(.seconds(1), "expiry") { try await service.expire(at: $0) }
            if let broker = try host.broker() { host.add(SignalFeedPart(service.feed, broker, clockwork)) }
            let consumer = try host.consume(service.subscriptions)
            try host.serve(service.api(Listening(consumer, clockwork: clockwork)))
        }
    }
}

extension SealedBoxes {
    /// With keys drawn from secrets of any length, each called by its digest.
    package init(_ secrets: [String], chance: Chance = .live) throws {
        let keys = try secrets.map { secret in
            let digest = HMACKey(secret).authenticate("secrets of channels")
            let id = SHA256.hash(digest.hexadecimal).hexadecimal.prefix(8)
            guard let bytes = Base64URL.decode(digest.base64url.span), let key = Key(id: String(id), bytes: bytes)
            else {
                throw Unopened()
            }
            return key
        }
        guard let newest = keys.first else { throw Unopened() }
        self.init(newest, older: Array(keys.dropFirst()), chance: chance)
    }
}
