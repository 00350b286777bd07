import Testing
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindJSON
internal import TradewindRuntime
import TradewindSecurity
import TradewindTesting
import Users
import UsersContracts

typealias UserDesk = ServiceBench<UsersService>

extension ServiceBench where Service == UsersService {
    static func open(
        _ storage: Storage, authorisation: Authorisation = .off, caller: Caller = .anonymous,
        _ body: @escaping @Sendable (UserDesk) async throws -> Void
    ) async throws {
        if let why = storage.whyMissing { try Test.cancel("\(why)") }
        try await open(
            storage, schema: UsersService.schema, caller: caller, authorisation: authorisation,
            { store in
                // As cheap as bcrypt can be: these tests are about users.
                let passwords = PasswordHasher(cost: 4, chance: .live) { job in
                    Task { job() }
                    return true
                }
                let service = try UsersService(
                    store, passwords: passwords, authorisation: authorisation, clockwork: .live)
                return (service, service.api, [])
            }, body)
    }

    func register(
        _ email: String = "john.doe@example.com", name: String = "John Doe", password: String = "SecurePass123!",
        role: String? = nil, headers: HTTPHeaders = [:]
    ) async throws -> TestResponse {
        var body: JSONValue = ["email": .string(email), "name": .string(name), "password": .string(password)]
        if let role, case .object(var object) = body {
            object["role"] = .string(role)
            body = .object(object)
        }
        return try await site.post("/api/users", json: body, headers: headers)
    }

    func put(_ user: UserView, _ body: JSONValue, ifMatch: String? = nil) async throws -> TestResponse {
        try await site.send(
            .put, "/api/users/\(user.id)", headers: ifMatch.map { [.ifMatch: $0] } ?? [:], body: body.serialized())
    }

    func users(_ query: String = "") async throws -> [UserView] { try await site.get("/api/users" + query).json() }

    func verify(_ email: String, _ password: String) async throws -> TestResponse {
        try await site.post(
            "/internal/credentials/verify",
            json: ["email": .string(email), "password": .string(password)] as JSONValue)
    }
}
