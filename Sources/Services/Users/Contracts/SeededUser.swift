package import TradewindDomain

/// A user of a `SeedPlan`, as other services know of him too.
package struct SeededUser: Sendable {
    package let id: UserID, createdAt: Timestamp
    private let number: Int, seed: UInt64
    private let first: String, last: String

    package init(_ number: Int, of plan: SeedPlan) {
        (self.number, seed) = (number, plan.seed)
        var dice = plan.dice(.user, number)
        createdAt = plan.moment(number, of: plan.users)
        id = dice.id(at: createdAt)
        (first, last) = (dice.pick(Self.firstNames), dice.pick(Self.lastNames))
    }

    // Made when they are asked for: each order has a user, and wants no more than the id.

    package var name: String { "\(first) \(last)" }
    package var role: Role { number == 0 ? .admin : number.isMultiple(of: 50) ? .moderator : .user }
    /// The number keeps addresses apart, within a plan and from those of plans with other seeds.
    package var email: String {
        let domain = seed == SeedPlan.usualSeed ? "example.com" : "s\(seed).example.com"
        return "\(first.lowercased()).\(last.lowercased()).\(number + 1)@\(domain)"
    }

    private static let firstNames = [
        "Ada", "Alan", "Amina", "Anna", "Ben", "Carlos", "Chloe", "Daniel", "Elena", "Emil", "Fatima", "Grace", "Hana",
        "Ivan", "Jamal", "Jane", "John", "Kenji", "Lars", "Leila", "Linh", "Lucia", "Maria", "Mateo", "Mei", "Mia",
        "Nadia", "Noah", "Olga", "Omar", "Paula", "Priya", "Rosa", "Sam", "Sofia", "Tariq", "Tom", "Wei", "Yusuf",
        "Zoe",
    ]
    private static let lastNames = [
        "Adams", "Ali", "Andersen", "Becker", "Brown", "Chen", "Costa", "Diaz", "Doe", "Evans", "Fischer", "Garcia",
        "Haddad", "Hansen", "Ito", "Ivanova", "Jones", "Kaya", "Keller", "Khan", "Kim", "Kowalski", "Lopez", "Martin",
        "Meyer", "Moreau", "Nguyen", "Novak", "Okafor", "Patel", "Petrov", "Rossi", "Santos", "Sato", "Silva", "Singh",
        "Smith", "Tanaka", "Wang", "Weber",
    ]
}
