internal import TradewindLocks

/// Something of which there is one, made when it is first asked for. For composition, which one thread does.
final class Once<Value: Sendable>: Sendable {
    private let value = Lock<Value?>(nil)

    func get(_ make: () throws -> Value) rethrows -> Value {
        if let value = value.withLock(\.self) { return value }
        let made = try make()
        value.withLock { $0 = made }
        return made
    }
}

final class OnceByName<Value: Sendable>: Sendable {
    private let values = Lock<[String: Value]>([:])

    func get(_ name: String, _ make: () throws -> Value) rethrows -> Value {
        if let value = values.withLock({ $0[name] }) { return value }
        let made = try make()
        values.withLock { $0[name] = made }
        return made
    }
}
