package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON
internal import TradewindRepositories
internal import TradewindSecurity
internal import UsersContracts

/// What a client may write; whose it is stands in the path.
package struct UserChanges: Decodable, Sendable {
    let email: String?, name: String?, password: String?
}

package struct ChangeUser: Command {
    package typealias Result = UserView
    package static let attempts = 3

    let user: UserID, expected: Version?, changes: UserChanges

    package var access: Access { .only(user) }
    package var logFields: [LogField] { [LogField(.userID, user)] }

    package struct Valid: Sendable {
        let user: UserID, expected: Version?, email: Email?, name: UserName?, password: NewPassword?
    }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let email = check("email", ifPresent: changes.email) { (text) throws(Violations) in try Email(text) }
        let name = check("name", ifPresent: changes.name) { (text) throws(Violations) in try UserName(text) }
        let password = check("password", ifPresent: changes.password) { (text) throws(Violations) in
            try NewPassword(text)
        }
        try check.done()
        return Valid(user: user, expected: expected, email: email, name: name, password: password)
    }
}

struct ChangeUserHandler: CommandHandler {
    typealias Handled = ChangeUser
    let passwords: PasswordHasher
    let clockwork: Clockwork

    func callAsFunction(_ command: ChangeUser.Valid, in work: Work, for request: RequestContext) async throws
        -> UserView
    {
        var credential: Credential?
        if let password = command.password { credential = try await passwords.credential(of: password) }
        let (user, events) = try await work.update(command.user, in: .users, expected: command.expected) { user in
            user.change(
                email: command.email, name: command.name, credential: credential, at: clockwork.now())
        }
        try work.publish(events, of: user, for: request)
        return UserView(user, version: user.version)
    }
}

extension UserChanges: Described {
    package static var schema: Schema {
        Schema(of: Self.self).with("email", .email).with("name", .userName).with("password", .password)
            .example(["name": "John R. Doe"])
    }
}

extension LogKey {
    static let userID = LogKey("user.id")
}
