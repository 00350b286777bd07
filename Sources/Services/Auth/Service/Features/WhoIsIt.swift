package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON
internal import TradewindSecurity
package import UsersContracts

/// What an access token says.
package struct ValidateToken: Query, Decodable {
    package typealias Result = ClaimsView
    let token: String

    /// Who has it may use it, so he may know what it says.
    package var access: Access { .anyone }
}

package struct ClaimsView: Codable, Equatable, Sendable {
    package let userId: UserID, role: Role, issuedAt: Timestamp, expiresAt: Timestamp
}

struct ValidateTokenHandler: QueryHandler {
    typealias Handled = ValidateToken
    let tokens: AccessTokens
    let clockwork: Clockwork

    func callAsFunction(_ query: ValidateToken, for request: RequestContext) async throws -> ClaimsView {
        guard let claims = try? tokens.verify(query.token, at: clockwork.now()) else { throw Refusal.unauthenticated }
        return ClaimsView(
            userId: UserID(claims.user), role: claims.role, issuedAt: claims.issued, expiresAt: claims.expires)
    }
}

/// The account of the caller.
package struct OwnAccount: Query {
    package typealias Result = Account
    let user: UserID

    package var access: Access { .only(user) }
}

struct OwnAccountHandler: QueryHandler {
    typealias Handled = OwnAccount
    let accounts: any Accounts

    /// A token may outlive its user.
    func callAsFunction(_ query: OwnAccount, for request: RequestContext) async throws -> Account {
        guard let account = try await accounts.account(of: query.user, for: request) else {
            throw Refusal.unauthenticated
        }
        return account
    }
}

extension ValidateToken: Described {
    package static var schema: Schema {
        Schema(of: Self.self).with("token", .text().example("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2ln"))
    }
}
