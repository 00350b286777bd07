import Testing
import TradewindDomain
import TradewindSecurity

/// On the test's own thread.
private func hasher(cost: Int = 4) -> PasswordHasher {
    PasswordHasher(cost: cost, chance: .counting()) { job in
        job()
        return true
    }
}

@Suite struct `A password` {
    /// From the test suites of Openwall's crypt_blowfish and of jBCrypt.
    @Test(
        arguments: [
            ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
            ("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
            ("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
            ("a", "$2a$10$k87L/MF28Q673VKh8/cPi.SUl7MU/rWuSiIDDFayrKk/1tBsSQu4u"),
            ("abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"),
            ("abcdefghijklmnopqrstuvwxyz", "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC"),
            ("~!@#$%^&*()      ~!@#$%^&*()PNBFRD", "$2a$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO"),
        ])
    func `is right by the published hashes, under each of their names`(text: String, stored: String) async throws {
        for name in ["$2a$", "$2b$", "$2y$"] {
            let hash = try #require(PasswordHash(name + stored.dropFirst(4)))
            #expect(try await hasher().check(text, against: hash) == .right)
            #expect(try await hasher().check(text + " ", against: hash) == .wrong)
        }
    }

    @Test func `is right by its own hash, which nobody can tell from another's`() async throws {
        let (hasher, password) = (hasher(), try Password("Correct Horse 9!"))
        let hashes = [try await hasher.hash(password), try await hasher.hash(password)]
        #expect(hashes[0] != hashes[1])
        for hash in hashes {
            #expect(hash.text.hasPrefix("$2b$04$"))
            #expect(try await hasher.check("Correct Horse 9!", against: hash) == .right)
            #expect(try await hasher.check("correct horse 9!", against: hash) == .wrong)
        }
    }

    @Test func `that was hashed at a lower cost should be hashed anew`() async throws {
        let hash = try await hasher(cost: 4).hash(try Password("x"))
        #expect(try await hasher(cost: 5).check("x", against: hash) == .outdated)
        #expect(try await hasher(cost: 5).check("y", against: hash) == .wrong)
    }

    @Test(arguments: [1, 71, 72]) func `counts to its last byte`(count: Int) async throws {
        let text = String(repeating: "x", count: count - 1)
        let hash = try await hasher().hash(try Password(text + "a"))
        #expect(try await hasher().check(text + "a", against: hash) == .right)
        #expect(try await hasher().check(text + "b", against: hash) == .wrong)
    }

    @Test(arguments: ["", String(repeating: "x", count: 73), String(repeating: "é", count: 37), "a\0b", "\0"])
    func `that bcrypt would not see whole is refused`(text: String) async throws {
        #expect(throws: Violations.self) { try Password(text) }
        let hash = try await hasher().hash(try Password("a"))
        #expect(try await hasher().check(text, against: hash) == .wrong)
    }

    @Test(
        arguments: [
            "", "$2b$", "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "$2b$5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWa",
            "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe", "$6$salt$hash", "*0",
            "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyO\0W",
            "$2b$+5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        ])
    func `has no other kind of hash`(text: String) { #expect(PasswordHash(text) == nil) }

    @Test func `is not shown`() async throws {
        let password = try Password("secret")
        #expect("\(password) \(try await hasher().hash(password))" == "••• •••")
    }
}
