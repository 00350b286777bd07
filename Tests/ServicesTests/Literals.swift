import Signals

// Prices and symbols as tests write them.

extension Price: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) {
        do { self = try Price(text) } catch { preconditionFailure("\(text): \(error)") }
    }
}

extension Symbol: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) {
        do { self = try Symbol(text) } catch { preconditionFailure("\(text): \(error)") }
    }
}
