/// Each may do what those before it may.
package enum Role: String, Codable, Comparable, CaseIterable, Sendable {
    case user = "USER"
    case moderator = "MODERATOR"
    case admin = "ADMIN"

    package static func < (a: Role, b: Role) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .user: 0
        case .moderator: 1
        case .admin: 2
        }
    }
}
