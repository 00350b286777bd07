package import TradewindCQRS
package import TradewindDomain
internal import TradewindPersistence
package import TradewindRepositories
package import TradewindRuntime

/// Channels: messages become trading signals, and signals become orders of those who follow.
package struct ChannelsService: Sendable {
    package static let name = "channels"

    package let commands: CommandBus<DatabaseWork>
    package let queries: QueryBus

    package init(
        _ store: Store, authorisation: Authorisation, instruments: Instruments = .none, clockwork: Clockwork
    ) throws(Miswiring) {
        let behaviours = CommandBehaviours(
            instruments: instruments, authorisation: authorisation, idempotency: store.answers,
            unitOfWork: store.work, clockwork: clockwork)
        commands = try CommandBus(
            for: [
                RegisterChannel.self, RenameChannel.self, ChangeSettings.self, PauseChannel.self, ResumeChannel.self,
                CloseChannel.self,
            ], behaviours
        ) {
            RegisterChannelHandler(clockwork: clockwork)
            RenameChannelHandler()
            ChangeSettingsHandler()
            PauseChannelHandler()
            ResumeChannelHandler()
            CloseChannelHandler()
        }
        queries = try QueryBus(
            for: [ChannelByID.self, GetChannels.self, CountUserChannels.self], instruments: instruments,
            authorisation: authorisation, clockwork: clockwork
        ) {
            ChannelByIDHandler(database: store.database)
            GetChannelsHandler(database: store.database)
            CountUserChannelsHandler(database: store.database)
        }
    }
}

extension ChannelsService {
    package static let hosted = HostedService(name, port: 3004, schema: [.eventStore(), schema]) { _ in
        { host in
            let service = try ChannelsService(
                host.store(), authorisation: host.authorisation, instruments: host.instruments,
                clockwork: host.clockwork)
            try host.serve(service.api)
        }
    }
}
