import Testing
import TradewindCQRS
import TradewindDomain
import TradewindSecurity
import TradewindTesting

@Suite struct `A signed identity` {
    private let identity = SignedIdentity(secret: "a secret that all processes share")
    private let alice = UUID(v7: 1_749_902_400_000, random: (1, 2))

    private func text(_ caller: Caller) throws -> String {
        try #require(identity.text(for: caller, request: "request-1", at: .noon))
    }

    @Test(arguments: Role.allCases) func `is the user who was let in`(role: Role) throws {
        let caller = Caller.user(alice, role)
        #expect(identity.caller(from: try text(caller), request: "request-1", at: .noon) == caller)
    }

    @Test func `is the service that was let in`() throws {
        let text = try text(.service("orders"))
        #expect(identity.caller(from: text, request: "request-1", at: .noon) == .service("orders"))
    }

    @Test func `says nothing of nobody`() {
        #expect(identity.text(for: .anonymous, request: "request-1", at: .noon) == nil)
    }

    @Test func `counts for its request only`() throws {
        #expect(identity.caller(from: try text(.user(alice, .user)), request: "request-2", at: .noon) == nil)
    }

    @Test(arguments: [(-61, false), (-60, true), (60, true), (61, false)])
    func `counts for a minute`(seconds: Int, counts: Bool) throws {
        let caller = identity.caller(
            from: try text(.user(alice, .user)), request: "request-1", at: .noon + .seconds(seconds))
        #expect((caller != nil) == counts)
    }

    @Test func `is nobody's when any character is another`() throws {
        let bytes = try text(.user(alice, .user)).bytes
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            #expect(identity.caller(from: other.text, request: "request-1", at: .noon) == nil)
        }
    }

    @Test func `cannot be made a user by a service's name`() throws {
        let name = "user.\(alice).ADMIN"
        #expect(
            identity.caller(from: try text(.service(name)), request: "request-1", at: .noon)
                == .service(name.replacing(".", with: "-")))
    }

    @Test func `is not what a token of the same secret signs`() throws {
        let other = SignedIdentity(secret: "another secret")
        #expect(other.caller(from: try text(.user(alice, .admin)), request: "request-1", at: .noon) == nil)
    }

    @Test(arguments: ["", ".", "v1", "v1.1.user", String(repeating: "a.", count: 200)])
    func `is no other text`(text: String) {
        #expect(identity.caller(from: text, request: "request-1", at: .noon) == nil)
    }
}
