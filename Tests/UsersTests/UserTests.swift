import Testing
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
internal import TradewindJSON
import TradewindTesting
import Users
import UsersContracts

@Suite struct `A user` {
    @Test(arguments: Storage.allCases) func `is created, found, and others hear of it`(storage: Storage) async throws {
        try await UserDesk.open(storage) { desk in
            let answer = try await desk.register("John.Doe@example.com", name: "  John Doe\t", role: "MODERATOR")
            let user = try answer.json(UserView.self)
            #expect(answer.status == .created && answer[.location] == "/api/users/\(user.id)")
            #expect(user.name == "John Doe" && user.role == .moderator && user.isActive)
            #expect(user.email == "John.Doe@example.com" && !answer.text.contains("assword"))
            let found = try await desk.site.get("/api/users/\(user.id)")
            #expect(found[.etag] == "\"1\"" && found.text == answer.text)
            #expect(try await desk.told() == ["user.created"])
            #expect(try await desk.site.get("/api/users/\(UserID(UUID(high: 1, low: 1)))").status == .notFound)
            #expect(try await desk.site.get("/api/users/7").status == .badRequest)
        }
    }

    @Test(arguments: Storage.allCases) func `is created once, however often the same key asks for it`(
        storage: Storage
    ) async throws {
        try await UserDesk.open(storage) { desk in
            let first = try await desk.register(headers: [.idempotencyKey: "k-1"])
            let again = try await desk.register(headers: [.idempotencyKey: "k-1"])
            #expect(first.status == .created && again.status == .created && again.text == first.text)
            #expect(again[.etag] == first[.etag] && again[.location] == first[.location])
            #expect(try await desk.register(name: "Jane Doe", headers: [.idempotencyKey: "k-1"]).status == .conflict)
            #expect(try await desk.register(headers: [.idempotencyKey: "k-2"]).status == .conflict)
            // Passwords stay out of what is kept, so they tell no two requests apart.
            let other = try await desk.register(password: "Another1!", headers: [.idempotencyKey: "k-1"])
            #expect(other.text == first.text)
            #expect(try await desk.told() == ["user.created"])
        }
    }

    @Test(arguments: Storage.allCases) func `has an email of its own, whatever the case`(storage: Storage) async throws
    {
        try await UserDesk.open(storage) { desk in
            let first: UserView = try await desk.register("john@example.com").json()
            let second = try await desk.register("JOHN@Example.com")
            #expect(second.status == .conflict)
            #expect(try second.json(ProblemView.self).type.hasSuffix("email-is-taken"))
            let other: UserView = try await desk.register("jane@example.com").json()
            #expect(try await desk.put(other, ["email": "John@example.com"]).status == .conflict)
            // Free again once its user is gone.
            #expect(try await desk.site.send(.delete, "/api/users/\(first.id)").status == .noContent)
            #expect(try await desk.register("john@example.com").status == .created)
            #expect(try await desk.told() == ["user.created", "user.created", "user.deleted", "user.created"])
        }
    }

    @Test(arguments: [
        ("a@b.co", true), ("a.b+c@d-e.org", true), ("!#$%&'*+/=?^_`{|}~-@example.com", true),
        ("a@xn--bcher-kva.example", true),
        ("", false), ("a", false), ("a@b", false), ("@b.co", false), ("a@", false), ("a@b.c", false),
        ("a@@b.co", false),
        ("a b@c.de", false), ("a@b..co", false), (".a@b.co", false), ("a.@b.co", false), ("a..b@c.de", false),
        ("a@-b.co", false), ("a@b-.co", false), ("a@b.c1", true), ("a@1.2.3.4", false), ("ä@b.co", false),
        ("a@b.co\n", false), (String(repeating: "a", count: 64) + "@b.co", true),
        (String(repeating: "a", count: 65) + "@b.co", false),
        ("a@" + Array(repeating: "abcdefghi", count: 25).joined(separator: ".") + ".co", true),
        ("a@" + Array(repeating: "abcdefghi", count: 25).joined(separator: ".") + ".com", true),
    ]) func `has a valid email`(email: String, isValid: Bool) {
        #expect(Email.isValid(email) == isValid && ((try? Email(email)) != nil) == isValid)
    }

    @Test(
        arguments: [
            ("", "name length"), ("   ", "name length"), (String(repeating: "x", count: 100), nil),
            (String(repeating: "é", count: 101), "name length"), ("a\u{7}b", "name format"), ("李小龙 😀", nil),
        ] as [(String, String?)]) func `has a name`(name: String, fault: String?) async throws
    {
        try await UserDesk.open(.memory) { desk in
            let answer = try await desk.register(name: name)
            #expect(answer.status == (fault == nil ? .created : .badRequest))
            if let fault { #expect(try answer.json(ProblemView.self).faults == [fault]) }
        }
    }

    @Test(arguments: [
        ("Abc12!x", ["password length"]), ("Abc12!xy", []), ("abc12!xy", ["password format"]),
        ("ABC12!XY", ["password format"]), ("Abcdef!x", ["password format"]), ("Abc12xyz", ["password format"]),
        ("A1!" + String(repeating: "a", count: 69), []),
        ("A1!" + String(repeating: "a", count: 70), ["password length"]),
        ("A1!é" + String(repeating: "a", count: 68), ["password length"]), ("", Array(repeating: "password", count: 5)),
    ]) func `has a good password`(password: String, faults: [String]) async throws {
        try await UserDesk.open(.memory) { desk in
            let answer = try await desk.register(password: password)
            #expect(answer.status == (faults.isEmpty ? .created : .badRequest))
            guard !faults.isEmpty else { return }
            let found = try answer.json(ProblemView.self).faults
            #expect(zip(found, faults).allSatisfy { $0.hasPrefix($1) } && found.count == faults.count, "\(found)")
            #expect(password.isEmpty || !answer.text.contains(password))
        }
    }

    @Test(arguments: Storage.allCases) func `is changed in the version that is meant, and only what is said`(
        storage: Storage
    ) async throws {
        try await UserDesk.open(storage) { desk in
            let user: UserView = try await desk.register().json()
            let changed = try await desk.put(user, ["name": "Jane"], ifMatch: "\"1\"")
            #expect(changed.status == .ok && changed[.etag] == "\"2\"")
            #expect(try changed.json(UserView.self).name == "Jane")
            #expect(try await desk.put(user, ["name": "Jim"], ifMatch: "\"1\"").status == .preconditionFailed)
            #expect(try await desk.put(user, ["name": "Jane"]).status == .ok)
            #expect(try await desk.put(user, ["name": "", "email": "x"]).json(ProblemView.self).faults.count == 2)
            #expect(try await desk.told() == ["user.created", "user.updated"])
            #expect(try await desk.put(user, ["password": "Another1!"]).status == .ok)
            #expect(try await desk.verify("john.doe@example.com", "SecurePass123!").status == .unauthorized)
            #expect(try await desk.verify("JOHN.DOE@example.com", "Another1!").status == .ok)
        }
    }

    @Test(arguments: Storage.allCases) func `is gone for everybody once deleted`(storage: Storage) async throws {
        try await UserDesk.open(storage) { desk in
            let user: UserView = try await desk.register().json()
            #expect(try await desk.site.send(.delete, "/api/users/\(user.id)").status == .noContent)
            #expect(try await desk.site.send(.delete, "/api/users/\(user.id)").status == .notFound)
            #expect(try await desk.site.get("/api/users/\(user.id)").status == .notFound)
            #expect(try await desk.put(user, ["name": "Jane"]).status == .notFound)
            #expect(try await desk.users().isEmpty)
            #expect(try await desk.verify("john.doe@example.com", "SecurePass123!").status == .unauthorized)
        }
    }

    @Test(arguments: Storage.allCases) func `is found by parts of email and name, and by role`(
        storage: Storage
    ) async throws {
        try await UserDesk.open(storage) { desk in
            for (email, name, role) in [
                ("ann@a.example", "Ann 100%", "USER"), ("bob@b.example", "Bob_1", "ADMIN"),
                ("cid@b.example", "Cid", "USER"),
            ] { _ = try await desk.register(email, name: name, role: role) }
            #expect(try await desk.users().map(\.name) == ["Cid", "Bob_1", "Ann 100%"])
            #expect(try await desk.users("?q=B.EX").map(\.name) == ["Cid", "Bob_1"])
            #expect(try await desk.users("?q=%25").map(\.name) == ["Ann 100%"])
            #expect(try await desk.users("?q=_").map(\.name) == ["Bob_1"])
            #expect(try await desk.users("?role=ADMIN").map(\.name) == ["Bob_1"])
            #expect(try await desk.users("?limit=1&after=\(try await desk.users()[0].id)").map(\.name) == ["Bob_1"])
            for query in ["?role=KING", "?limit=0", "?after=x"] {
                #expect(try await desk.site.get("/api/users" + query).status == .badRequest)
            }
        }
    }

    @Test(arguments: [
        (Caller.anonymous, "USER", HTTPStatus.created), (.anonymous, "MODERATOR", .unauthorized),
        (.user(.zero, .moderator), "ADMIN", .forbidden), (.user(.zero, .admin), "ADMIN", .created),
    ]) func `may be anybody's, but beyond USER only an administrator's`(
        caller: Caller, role: String, status: HTTPStatus
    ) async throws {
        try await UserDesk.open(.memory, authorisation: .required, caller: caller) { desk in
            let answer = try await desk.register(role: role)
            #expect(answer.status == status)
        }
    }
}
