package import TradewindAPI
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindJSON
internal import TradewindRepositories

package struct LogIn: Command {
    package typealias Result = SessionView
    package let credentials: Credentials
    /// Where it is tried from.
    package let address: String

    package init(credentials: Credentials, address: String) {
        (self.credentials, self.address) = (credentials, address)
    }

    package var access: Access { .anyone }
}

struct LogInHandler: CommandHandler {
    typealias Handled = LogIn
    let accounts: any Accounts
    let failures: FailureLog
    let desk: TokenDesk

    func callAsFunction(_ command: LogIn, in work: Work, for request: RequestContext) async throws -> SessionView {
        let attempt = try await failures.begin(email: command.credentials.email, address: command.address)
        let account: Account
        do { account = try await accounts.verify(command.credentials, for: request) } catch Refusal.unauthenticated {
            throw Refusal.unauthenticated
        } catch {
            // Nobody has looked at the password.
            try await failures.forgive(attempt)
            throw error
        }
        try await failures.succeeded(attempt)
        return try desk.open(for: account, in: work)
    }
}

extension Credentials: Described {
    package static var schema: Schema {
        Schema(of: Self.self).with("email", .email).with("password", .password)
            .example(["email": "john.doe@example.com", "password": "SecurePass123!"])
    }
}
