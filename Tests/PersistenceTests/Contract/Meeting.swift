import TradewindTesting

/// Where tasks wait for each other.
actor Meeting {
    private let size: Int
    private(set) var arrived = 0

    init(of size: Int) { self.size = size }

    private func arrive() { arrived += 1 }

    func wait(within limit: Duration) async {
        arrive()
        try? await eventually(within: limit) { isComplete }
    }

    private var isComplete: Bool { arrived >= size }
}
