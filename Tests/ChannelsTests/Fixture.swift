import Channels
import ChannelsContracts
import Testing
import TradewindAPI
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindJSON
import TradewindRepositories
internal import TradewindRuntime
import TradewindSecurity
import TradewindTesting
import UsersContracts

typealias ChannelDesk = ServiceBench<ChannelsService>

extension ServiceBench where Service == ChannelsService {
    static func open(
        _ storage: Storage, authorisation: Authorisation = .off, caller: Caller = .anonymous,
        _ body: @escaping @Sendable (ChannelDesk) async throws -> Void
    ) async throws {
        if let why = storage.whyMissing { try Test.cancel("\(why)") }
        try await open(
            storage, schema: ChannelsService.schema, and: [.eventStore()], caller: caller,
            authorisation: authorisation,
            { store in
                let service = try ChannelsService(
                    store, boxes: SealedBoxes(["a secret of tests"]), chance: .live, authorisation: authorisation,
                    clockwork: .live)
                return (service, service.api(), service.subscriptions)
            }, body)
    }

    func register(
        for user: UserID = .alice, _ externalID: String = "-100123", type: String = "telegram",
        name: String = "Morning signals"
    ) async throws -> TestResponse {
        try await site.post(
            "/api/channels",
            json: [
                "userId": .string(user.description), "type": .string(type), "name": .string(name),
                "externalId": .string(externalID),
            ] as JSONValue)
    }

    /// A channel of Alice's.
    func channel(_ externalID: String = "-100123") async throws -> ChannelView {
        try await register(externalID).json()
    }

    /// A channel of Alice's, whoever asks here.
    func ownedByAlice() async throws -> ChannelID {
        let owner = RequestContext(id: .given("test"), caller: .user(UserID.alice.raw, .user))
        let command = try JSON.decode(
            RegisterChannel.self,
            from: #"{"userId":"\#(UserID.alice)","type":"email","name":"x","externalId":"a@example.com"}"#)
        return try await service.commands.send(command, owner).id
    }

    func channels(_ query: String = "") async throws -> [ChannelView] {
        try await site.get("/api/channels" + query).json()
    }

    func put(_ target: String, _ value: JSONValue, headers: HTTPHeaders = [:]) async throws -> TestResponse {
        try await send(.put, target, value, headers)
    }

    func patch(_ target: String, _ value: JSONValue, headers: HTTPHeaders = [:]) async throws -> TestResponse {
        try await send(.patch, target, value, headers)
    }

    private func send(
        _ method: HTTPMethod, _ target: String, _ value: JSONValue, _ headers: HTTPHeaders
    ) async throws -> TestResponse {
        var headers = headers
        headers[.contentType] = "application/json"
        return try await site.send(method, target, headers: headers, body: value.serialized())
    }
}

extension ID where Tag == UserTag {
    static let alice = UserID(UUID(high: 1, low: 1))
    static let bob = UserID(UUID(high: 1, low: 2))
}
