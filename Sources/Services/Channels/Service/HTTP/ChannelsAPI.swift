internal import ChannelsContracts
package import TradewindAPI
internal import TradewindCQRS
internal import TradewindHTTP

extension ChannelsService {
    /// - Parameter listening: what it hears, where it hears anything.
    package func api(_ listening: Listening? = nil) -> API {
        API("Channels", "Where trading signals come from, what they say, and who copies them") {
            channels
            messages
            signals
            followers
            messaging
            listening?.endpoints ?? []
        }
    }

    private var channels: [Endpoint] {
        [
            .post(
                "/api/channels", "Register a channel", access: .signedIn, takes: RegisterChannel.self,
                gives: .created(ChannelView.self, at: { "/api/channels/\($0.id)" }, tag: \.version)
            ) { channel, call in
                try await commands.send(channel, call.context)
            }
            .repeatable
            .refusing(.conflict, "The user has registered it already"),

            .get(
                "/api/channels", "List channels, the newest first", access: .signedIn, asks: GetChannels.self,
                gives: .page(of: ChannelView.self)
            ) { query, call in
                try await queries.ask(query, call.context)
            },

            .get(
                "/api/channels/count", "How many channels a user has", access: .signedIn,
                asks: CountUserChannels.self, gives: .ok(CountUserChannels.Result.self)
            ) { query, call in
                try await queries.ask(query, call.context)
            },

            .get("/api/channels/:id", "One channel", access: .signedIn, gives: .ok(ChannelView.self, tag: \.version)) {
                call in
                try await queries.ask(ChannelByID(channel: try call.id()), call.context)
            },

            .patch(
                "/api/channels/:id", "Rename a channel", access: .signedIn, takes: NewName.self,
                gives: .ok(ChannelView.self, tag: \.version)
            ) { name, call in
                let rename = RenameChannel(channel: try call.id(), expected: call.expectedVersion, change: name)
                return try await commands.send(rename, call.context)
            }
            .refusing(.preconditionFailed, "The channel has changed since the version in If-Match"),

            .put(
                "/api/channels/:id/settings", "Say how its messages are read", access: .signedIn,
                takes: NewSettings.self, gives: .ok(ChannelView.self, tag: \.version)
            ) { settings, call in
                let change = ChangeSettings(
                    channel: try call.id(), expected: call.expectedVersion, settings: settings)
                return try await commands.send(change, call.context)
            }
            .refusing(.preconditionFailed, "The channel has changed since the version in If-Match"),

            .post("/api/channels/:id/pause", "Pause a channel", access: .signedIn, gives: .ok(ChannelView.self)) {
                call in
                try await commands.send(PauseChannel(channel: try call.id()), call.context)
            }
            .refusing(.conflict, "Only active channels can be paused"),

            .post("/api/channels/:id/resume", "Let it go on", access: .signedIn, gives: .ok(ChannelView.self)) {
                call in
                try await commands.send(ResumeChannel(channel: try call.id()), call.context)
            }
            .refusing(.conflict, "Only paused channels can be resumed"),

            .post("/api/channels/:id/close", "End a channel, for good", access: .signedIn, gives: .ok(ChannelView.self))
            { call in
                try await commands.send(CloseChannel(channel: try call.id()), call.context)
            }
            .refusing(.conflict, "It is closed already"),
        ]
    }
}
