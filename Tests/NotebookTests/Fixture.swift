import Notebook
import Testing
import TradewindAPI
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindJSON
internal import TradewindRuntime
import TradewindTesting
import UsersContracts

typealias NotebookDesk = ServiceBench<NotebookService>

extension ServiceBench where Service == NotebookService {
    static func open(
        _ storage: Storage, authorisation: Authorisation = .off, caller: Caller = .anonymous,
        _ body: @escaping @Sendable (NotebookDesk) async throws -> Void
    ) async throws {
        if let why = storage.whyMissing { try Test.cancel("\(why)") }
        try await open(
            storage, schema: NotebookService.schema, caller: caller, authorisation: authorisation,
            { store in
                let service = try NotebookService(store, authorisation: authorisation, clockwork: .live)
                return (service, service.api, service.subscriptions)
            }, body)
    }

    func create(
        _ name: String, for user: UserID = .alice, headers: HTTPHeaders = [:]
    ) async throws -> TestResponse {
        try await site.post(
            "/api/notebook", json: ["userId": .string(user.description), "name": .string(name)] as JSONValue,
            headers: headers)
    }

    func note(_ name: String, for user: UserID = .alice) async throws -> NoteView {
        try await create(name, for: user).json()
    }

    func rename(_ note: NoteView, to name: String, ifMatch: String? = nil) async throws -> TestResponse {
        try await site.send(
            .patch, "/api/notebook/\(note.id)", headers: ifMatch.map { [.ifMatch: $0] } ?? [:],
            body: (["name": .string(name)] as JSONValue).serialized())
    }

    func delete(_ note: NoteView) async throws -> TestResponse {
        try await site.send(.delete, "/api/notebook/\(note.id)")
    }

    func names(_ query: String = "") async throws -> [String] {
        try await site.get("/api/notebook" + query).json([NoteView].self).map(\.name)
    }
}

extension ID where Tag == UserTag {
    static let alice = UserID(UUID(high: 1, low: 1))
    static let bob = UserID(UUID(high: 1, low: 2))
}

extension CreateNote {
    static func theFirst(for user: UserID) throws -> CreateNote {
        try JSON.decode(CreateNote.self, from: #"{"userId":"\#(user)","name":"The first"}"#)
    }
}
