internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence
internal import TradewindRepositories
internal import UsersContracts

extension Role: SQLBindable, SQLReadable {}

extension AggregateTable where A == User {
    static let users = AggregateTable<User>(
        select: { id in
            """
            SELECT id, email, name, role, password_hash, created_at, updated_at, version FROM users
            WHERE id = \(id) AND deleted_at IS NULL
            """
        },
        read: { row in
            User(
                id: try row.decode(0), email: Email(stored: try row.decode(1)),
                name: UserName(stored: try row.decode(2)), role: try row.decode(3),
                credential: Credential(hash: try row.decode(4)), createdAt: try row.decode(5),
                updatedAt: try row.decode(6), deletedAt: nil, version: try row.decode(7))
        },
        insert: { user in
            """
            INSERT INTO users (id, email, email_key, name, role, password_hash, created_at, updated_at, version)
            VALUES (\(user.id), \(user.email.description), \(user.email.key), \(user.name.description), \(user.role),
            \(user.credential.hash), \(user.createdAt), \(user.updatedAt), \(user.version))
            """
        },
        update: { user in
            """
            UPDATE users SET email = \(user.email.description), email_key = \(user.email.key),
            name = \(user.name.description), password_hash = \(user.credential.hash),
            updated_at = \(user.updatedAt), deleted_at = \(user.deletedAt), version = \(user.version)
            WHERE id = \(user.id)
            """
        },
        conflicts: { _ in ["users_email_key": UserError.emailIsTaken] })
}

extension Work {
    /// What others hear of it, with the commit.
    func publish(_ events: [UserEvent], of user: User, for request: RequestContext) throws {
        for event in events {
            switch event {
            case .registered:
                try publish(
                    UserCreated(
                        userId: user.id, email: user.email.description, name: user.name.description, role: user.role),
                    for: request)
            case .changed(let fields): try publish(UserUpdated(userId: user.id, changed: fields), for: request)
            case .deleted: try publish(UserDeleted(userId: user.id), for: request)
            }
        }
    }
}
