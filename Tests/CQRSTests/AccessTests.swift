import Testing
import TradewindCQRS
import TradewindDomain

@Suite struct `Access to a message` {
    private static let alice = UserID.alice.raw
    private static let callers: [Caller] = [
        .anonymous, .user(alice, .user), .user(UserID.bob.raw, .user), .user(UserID.bob.raw, .moderator),
        .user(UserID.bob.raw, .admin), .service("payments"),
    ]

    @Test(
        arguments: [
            (.anyone, [.succeeded, .succeeded, .succeeded, .succeeded, .succeeded, .succeeded]),
            (.signedIn, [.unauthenticated, .succeeded, .succeeded, .succeeded, .succeeded, .succeeded]),
            (.user, [.unauthenticated, .succeeded, .succeeded, .succeeded, .succeeded, .forbidden]),
            (.role(.moderator), [.unauthenticated, .forbidden, .forbidden, .succeeded, .succeeded, .succeeded]),
            (.role(.admin), [.unauthenticated, .forbidden, .forbidden, .forbidden, .succeeded, .succeeded]),
            (.only(UserID.alice), [.unauthenticated, .succeeded, .forbidden, .forbidden, .succeeded, .succeeded]),
            (
                .only(UserID.alice, or: .moderator),
                [.unauthenticated, .succeeded, .forbidden, .succeeded, .succeeded, .succeeded]
            ),
        ] as [(Access, [Outcome])]) func `admits whom it names and nobody else`(access: Access, outcomes: [Outcome])
    {
        for (caller, outcome) in zip(Self.callers, outcomes) {
            #expect(outcomeOf(access, caller) == outcome, "\(caller)")
        }
    }

    private func outcomeOf(_ access: Access, _ caller: Caller) -> Outcome {
        do { try access.admit(caller) } catch { return Outcome(of: error) }
        return .succeeded
    }

    @Test func `is by roles of which each may do what the one before may`() {
        #expect(Role.allCases == Role.allCases.sorted())
        #expect(Role.allCases.map(\.rawValue) == ["USER", "MODERATOR", "ADMIN"])
    }

    private struct Broken: Error {}

    @Test(
        arguments: [
            (Violations(.format, "must be"), .invalid), (NotFound("order", 1), .notFound),
            (VersionConflict("order", 1, expected: .new), .conflict), (MoneyError.amountsMustFit, .rejected),
            (CancellationError(), .cancelled), (Refusal.unauthenticated, .unauthenticated),
            (Refusal.forbidden, .forbidden), (Refusal.conflict(.oneKeyForOneRequest), .conflict),
            (Refusal.unavailable(retryAfter: .seconds(1)), .unavailable), (Broken(), .failed),
        ] as [(any Error & Sendable, Outcome)]) func `that is refused, and every other error, has an outcome`(
            error: any Error & Sendable, outcome: Outcome
        )
    {
        #expect(Outcome(of: error) == outcome)
    }
}
