package import TradewindDomain
package import UsersContracts

package struct User: Aggregate, Equatable {
    package typealias Tag = UserTag
    package typealias Event = UserEvent

    package static let kind = "user"
    package let id: UserID
    package private(set) var email: Email
    package private(set) var name: UserName
    package let role: Role
    package private(set) var credential: Credential
    package let createdAt: Timestamp
    package private(set) var updatedAt: Timestamp
    package private(set) var deletedAt: Timestamp?
    package var version: Version

    package static func register(
        _ id: UserID, email: Email, name: UserName, role: Role, credential: Credential, at now: Timestamp
    ) -> (user: User, events: [UserEvent]) {
        let user = User(
            id: id, email: email, name: name, role: role, credential: credential, createdAt: now, updatedAt: now,
            deletedAt: nil, version: .new)
        return (user, [.registered])
    }

    /// As it was stored.
    init(
        id: UserID, email: Email, name: UserName, role: Role, credential: Credential, createdAt: Timestamp,
        updatedAt: Timestamp, deletedAt: Timestamp?, version: Version
    ) {
        (self.id, self.email, self.name, self.role) = (id, email, name, role)
        (self.credential, self.createdAt, self.updatedAt) = (credential, createdAt, updatedAt)
        (self.deletedAt, self.version) = (deletedAt, version)
    }

    /// Nil leaves as it is.
    package mutating func change(
        email: Email?, name: UserName?, credential: Credential?, at now: Timestamp
    ) -> [UserEvent] {
        var changed: [String] = []
        if let email, email != self.email {
            self.email = email
            changed.append("email")
        }
        if let name, name != self.name {
            self.name = name
            changed.append("name")
        }
        if let credential {
            self.credential = credential
            changed.append("password")
        }
        guard !changed.isEmpty else { return [] }
        updatedAt = now
        return [.changed(changed)]
    }

    /// The row stays, for what refers to it; the user is gone for everybody.
    package mutating func delete(at now: Timestamp) -> [UserEvent] {
        guard deletedAt == nil else { return [] }
        (deletedAt, updatedAt) = (now, now)
        return [.deleted]
    }
}

package enum UserEvent: DomainEvent, Equatable { case registered, changed([String]), deleted }

package enum UserError: DomainError, Equatable {
    case emailIsTaken

    package var rule: Rule {
        switch self {
        case .emailIsTaken: "email-is-taken"
        }
    }
}

/// The hash of a password. Never leaves the service.
package struct Credential: Equatable, Sendable, CustomStringConvertible {
    let hash: String
    package init(hash: String) { self.hash = hash }
    package var description: String { "•••" }
}
