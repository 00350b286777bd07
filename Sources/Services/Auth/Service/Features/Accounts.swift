package import TradewindCQRS
package import TradewindDomain
package import UsersContracts

/// The accounts of our users, which another service keeps. Throws what that has to say of a request: `Violations`,
/// `Refusal`; and `Refusal.unavailable` when it says nothing.
package protocol Accounts: Sendable {
    /// As the caller of the request: the other service decides whether he may.
    func register(_ account: NewAccount, for request: RequestContext) async throws -> Account
    /// Throws `Refusal.unauthenticated` when they do not belong together.
    func verify(_ credentials: Credentials, for request: RequestContext) async throws -> Account
    func account(of user: UserID, for request: RequestContext) async throws -> Account?
}

package struct Account: Codable, Equatable, Sendable {
    package let id: UserID, email: String, name: String, role: Role, isActive: Bool
    package let createdAt: Timestamp, updatedAt: Timestamp
}

package struct NewAccount: Codable, Sendable {
    package let email: String, password: String, name: String, role: Role?
}

package struct Credentials: Codable, Sendable {
    package let email: String, password: String
}
