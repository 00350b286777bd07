internal import TradewindDomain

/// What can go wrong in a simulation.
package enum Fault: Int, CaseIterable, Sendable {
    /// A program dies in the middle of something; what it has not committed is gone.
    case crash
    /// Something takes long.
    case delay
    /// A request is lost on its way, or its answer on the way back.
    case requestLost, answerLost
    /// A client says the same twice, at once or later.
    case repetition
    /// The database is not there; it refuses a transaction for another one's sake; it does what it was asked, and
    /// nobody hears of it.
    case databaseAway, conflict, commitUnheard
    /// The broker is not there; it takes the beginning of what was sent; it takes all, and nobody hears of it; it takes
    /// the same twice; it will not have one event; it says later what became of it.
    case brokerAway, publishCut, publishUnheard, publishDoubled, eventRefused, inHand
    /// Lanes go to others; a member is taken for dead, and its lanes go at once; what is settled is told late.
    case rebalance, expulsion, settledLate
    /// The provider of payments does not answer.
    case providerSilent
}

/// How often each fault strikes, of a thousand times. Most worlds have some and none has all: one fault alone finds
/// what is hidden in the noise of many.
package struct Weather: Sendable {
    private var chances = [Int](repeating: 0, count: Fault.allCases.count)

    package static let calm = Weather()

    private init() {}

    init(_ dice: inout Dice) {
        let most = dice.pick([10, 30, 100, 300])
        for fault in Fault.allCases where dice.roll(0...2) > 0 { self[fault] = dice.roll(1...most) }
        self[.crash] /= 4
        self[.expulsion] /= 4
        self[.rebalance] /= 4
        self[.delay] *= 3
    }

    package subscript(_ fault: Fault) -> Int {
        get { chances[fault.rawValue] }
        set { chances[fault.rawValue] = newValue }
    }
}
