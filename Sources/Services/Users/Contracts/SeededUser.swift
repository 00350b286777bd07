package import TradewindDomain

/// A user of a `SeedPlan`, as other services know of him too.
package struct SeededUser: Sendable {
    package let id: UserID, email: String, name: String, role: Role, createdAt: Timestamp

    package init(_ number: Int, of plan: SeedPlan) {
        var dice = plan.dice(.user, number)
        createdAt = plan.moment(number, of: plan.users)
        id = dice.id(at: createdAt)
        let (first, last) = (dice.pick(Self.firstNames), dice.pick(Self.lastNames))
        name = "\(first) \(last)"
        // The number keeps addresses apart, within a plan and from those of plans with other seeds.
        let domain = plan.seed == SeedPlan.usualSeed ? "example.com" : "s\(plan.seed).example.com"
        email = "\(first.lowercased()).\(last.lowercased()).\(number + 1)@\(domain)"
        role = number == 0 ? .admin : number.isMultiple(of: 50) ? .moderator : .user
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
