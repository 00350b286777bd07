internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindPersistence
package import TradewindRuntime
internal import TradewindSecurity
internal import UsersContracts

extension UsersService {
    /// Users who all have the same password: hashing one for each would take longer than all else.
    package static let seeding = Seeding(rows: \.users) { seeder in
        let plan = seeder.plan
        let chance = Chance {
            var dice = plan.dice(.password, 0)
            return InlineArray { _ in UInt8(truncatingIfNeeded: dice.next()) }
        }
        let hasher = PasswordHasher(chance: chance) { job in
            job()
            return true
        }
        let credential = try await hasher.credential(of: NewPassword(Seeding.password))
        try await seeder.fill(.users, plan.users) { number in
            let seeded = SeededUser(number, of: plan)
            let (user, _) = User.register(
                seeded.id, email: try Email(seeded.email), name: try UserName(seeded.name), role: seeded.role,
                credential: credential, at: seeded.createdAt)
            return [
                user.id.sqlValue, user.email.description.sqlValue, user.email.key.sqlValue,
                user.name.description.sqlValue, user.role.sqlValue, user.credential.hash.sqlValue,
                user.createdAt.sqlValue, user.updatedAt.sqlValue, Version.new.next.sqlValue,
            ]
        }
    }
}

extension BulkTable {
    fileprivate static let users = BulkTable(
        "users", columns: "id", "email", "email_key", "name", "role", "password_hash", "created_at", "updated_at",
        "version")
}
