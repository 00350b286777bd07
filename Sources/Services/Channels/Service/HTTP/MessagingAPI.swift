internal import TradewindAPI
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindHTTP

extension ChannelsService {
    var messaging: [Endpoint] {
        [
            .post(
                "/messaging/publish", "Tell something to whoever listens", access: .service, takes: PublishMessage.self,
                gives: .accepted(PublishMessage.Result.self)
            ) { message, call in
                try await commands.send(message, call.context)
            }
        ]
    }
}

extension Listening {
    var endpoints: [Endpoint] {
        [
            .get(
                "/integration-events/listener/status", "Whether the service listens", access: .role(.admin),
                gives: .ok(Status.self)
            ) { _ in status },

            .get(
                "/integration-events/listener/stats", "What it has heard", access: .role(.admin),
                gives: .ok(Statistics.self)
            ) { _ in statistics },

            .post(
                "/integration-events/listener/stop", "Hear nothing for a while", access: .role(.admin),
                gives: .ok(Status.self)
            ) { _ in stop() }
            .detail("Nothing is lost: it waits with the broker. Of this instance alone; others go on."),

            .post(
                "/integration-events/listener/start", "Hear again", access: .role(.admin), gives: .ok(Status.self)
            ) { _ in resume() },
        ]
    }
}
