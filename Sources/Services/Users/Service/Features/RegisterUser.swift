package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON
internal import TradewindRepositories
internal import TradewindSecurity

package struct RegisterUser: IdempotentCommand, Decodable {
    package typealias Result = UserView

    let email: String, name: String, password: String, role: Role?

    /// Anybody may become a user; only an administrator makes somebody more.
    package var access: Access { role == nil || role == .user ? .anyone : .role(.admin) }

    package struct Valid: Sendable { let email: Email, name: UserName, password: NewPassword, role: Role }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let email = check("email", try Email(email))
        let name = check("name", try UserName(name))
        let password = check("password", try NewPassword(password))
        let (validEmail, validName, validPassword) = try check.all(email, name, password)
        return Valid(email: validEmail, name: validName, password: validPassword, role: role ?? .user)
    }
}

/// What tells one request from another is kept for a day. The password is no part of it, not even of a quick hash.
extension RegisterUser: Encodable {
    private enum Kept: CodingKey { case email, name, role }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Kept.self)
        try container.encode(email, forKey: .email)
        try container.encode(name, forKey: .name)
        try container.encodeIfPresent(role, forKey: .role)
    }
}

struct RegisterUserHandler: CommandHandler {
    typealias Handled = RegisterUser
    let passwords: PasswordHasher
    let clockwork: Clockwork

    /// The transaction begins with its first statement, so nobody waits for a connection while the password is hashed.
    func callAsFunction(_ command: RegisterUser.Valid, in work: Work, for request: RequestContext) async throws
        -> UserView
    {
        let credential = try await passwords.credential(of: command.password)
        let (user, events) = User.register(
            clockwork.newID(), email: command.email, name: command.name, role: command.role, credential: credential,
            at: clockwork.now())
        try work.add(user, to: .users)
        try work.publish(events, of: user, for: request)
        return UserView(user, version: .new.next)
    }
}

extension PasswordHasher {
    func credential(of password: NewPassword) async throws -> Credential {
        Credential(hash: try await hash(Password(password.text)).text)
    }
}

extension RegisterUser: Described {
    package static var schema: Schema {
        Schema(of: Self.self).with("email", .email).with("name", .userName).with("password", .password)
            .example(["email": "john.doe@example.com", "name": "John Doe", "password": "SecurePass123!"])
    }
}

extension Schema {
    static let email = Schema.email(check: Email.isValid)
    static let userName = Schema.personName { (try? UserName($0)) != nil }
    static let password = Schema.newPassword { (try? NewPassword($0)) != nil }
}
