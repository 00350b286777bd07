package import TradewindAPI
package import TradewindCQRS
internal import TradewindDomain
internal import TradewindJSON
internal import TradewindRepositories

/// A new user, who is logged in at once.
package struct Register: Command, Decodable {
    package typealias Result = SessionView
    let account: NewAccount

    package init(from decoder: any Decoder) throws { account = try NewAccount(from: decoder) }

    /// Users says who may give which role.
    package var access: Access { .anyone }
}

struct RegisterHandler: CommandHandler {
    typealias Handled = Register
    let accounts: any Accounts
    let desk: TokenDesk

    /// The transaction begins when it is written, after the other service has answered.
    func callAsFunction(_ command: Register, in work: Work, for request: RequestContext) async throws -> SessionView {
        try desk.open(for: try await accounts.register(command.account, for: request), in: work)
    }
}

extension Register: Described {
    package static var schema: Schema {
        Schema(of: NewAccount.self).with("email", .email()).with("password", .newPassword()).with("name", .personName())
            .example(["email": "john.doe@example.com", "password": "SecurePass123!", "name": "John Doe"])
    }
}

extension Schema {
    static let email = Schema.text().example("john.doe@example.com")
    static let password = Schema.text().example("SecurePass123!")
}
