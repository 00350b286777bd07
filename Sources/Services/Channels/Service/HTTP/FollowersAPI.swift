internal import ChannelsContracts
internal import TradewindAPI
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindHTTP

extension ChannelsService {
    var followers: [Endpoint] {
        let all = "/api/channels/:id/followers", one = "/api/channels/:id/followers/:followerId"
        return [
            .post(
                all, "Follow a channel: copy its signals", access: .signedIn, takes: NewFollower.self,
                gives: .created(FollowerView.self, at: { "/api/channels/\($0.channelId)/followers/\($0.id)" })
            ) { follower, call in
                try await commands.send(FollowChannel(channel: try call.id(), follower: follower), call.context)
            }
            .repeatable
            .refusing(.conflict, "The channel is closed"),

            .get(
                all, "List who follows a channel, the latest first", access: .signedIn, asks: FollowersQuery.self,
                gives: .page(of: FollowerView.self)
            ) { query, call in
                try await queries.ask(ListFollowers(channel: try call.id(), query: query), call.context)
            },

            .get(one, "One follower", access: .signedIn, gives: .ok(FollowerView.self)) { call in
                try await queries.ask(FollowerByID(place: try call.follower), call.context)
            },

            .patch(
                one, "Change how much is copied", access: .signedIn, takes: FollowerChanges.self,
                gives: .ok(FollowerView.self)
            ) { changes, call in
                try await commands.send(ChangeFollower(place: try call.follower, changes: changes), call.context)
            },

            .post("\(one)/pause", "Copy nothing for a while", access: .signedIn, gives: .ok(FollowerView.self)) {
                call in
                try await commands.send(PauseFollower(place: try call.follower), call.context)
            }
            .refusing(.conflict, "Only active followers can be paused"),

            .post("\(one)/resume", "Copy again", access: .signedIn, gives: .ok(FollowerView.self)) { call in
                try await commands.send(ResumeFollower(place: try call.follower), call.context)
            }
            .refusing(.conflict, "Only paused followers can be resumed"),

            .delete(one, "Follow no more", access: .signedIn, gives: .noContent) { call in
                try await commands.send(RemoveFollower(place: try call.follower), call.context)
            },

            .get(
                "\(one)/copies", "List what was copied, and what was not", access: .signedIn, asks: CopiesQuery.self,
                gives: .page(of: CopyView.self)
            ) { query, call in
                try await queries.ask(ListCopies(place: try call.follower, query: query), call.context)
            },
        ]
    }
}

extension Call {
    fileprivate var follower: FollowerPlace {
        get throws(Violations) { FollowerPlace(channel: try id(), follower: try id("followerId")) }
    }
}
