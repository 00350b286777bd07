package import TradewindDomain

/// On whose behalf something is done.
package enum Caller: Hashable, Sendable {
    case anonymous
    case user(UUID, Role)
    /// One of our own, by API key or by an event: it has checked its caller and is trusted.
    case service(String)
}

extension Caller: CustomStringConvertible {
    /// Without the role, which may change between two requests of the same user.
    package var description: String {
        switch self {
        case .anonymous: "anonymous"
        case .user(let id, _): "user:\(id)"
        case .service(let name): "service:\(name)"
        }
    }
}

/// Who may send a message.
package enum Access: Hashable, Sendable {
    case anyone
    case signedIn
    /// Who has an account: none of our own processes.
    case user
    case role(Role)
    /// Our own processes.
    case service
    /// This user, and everybody from that role on.
    case owner(UUID, or: Role)

    /// This user and administrators, or from another role on.
    package static func only<Tag>(_ user: ID<Tag>, or role: Role = .admin) -> Access { .owner(user.raw, or: role) }

    package func admit(_ caller: Caller) throws(Refusal) {
        switch (self, caller) {
        case (.user, .service): throw .forbidden
        case (.anyone, _), (_, .service), (.signedIn, .user), (.user, .user): return
        case (_, .anonymous): throw .unauthenticated
        case (.role(let least), .user(_, let role)) where role >= least: return
        case (.owner(let owner, let least), .user(let id, let role)) where id == owner || role >= least: return
        default: throw .forbidden
        }
    }
}
