package import TradewindDomain
internal import UsersContracts

/// An order of a `SeedPlan`, as orders and payments both know it.
package struct SeededOrder: Sendable {
    package enum Outcome: Sendable, CaseIterable {
        case paid
        /// The provider would not take the payment.
        case declined
        /// By its user, who has got his money back.
        case cancelled
    }

    package let order: OrderCreated
    package let placedAt: Timestamp
    package let outcome: Outcome
    package let settledAt: Timestamp

    /// How many there are: what users have ordered, and the welcome order of each, which come first.
    package static func count(in plan: SeedPlan) -> Int { plan.users + plan.orders }

    package init(_ number: Int, of plan: SeedPlan) throws(MoneyError) {
        if number < plan.users {
            let user = SeededUser(number, of: plan)
            var dice = plan.dice(.welcome, number)
            try self.init(
                &dice, user, [.init(productId: "product-welcome", quantity: 1, price: Money(hundredths: 1))],
                at: user.createdAt + .milliseconds(20), .paid)
        } else {
            let number = number - plan.users
            var dice = plan.dice(.order, number)
            // Those who came early have ordered more, and some of them much more.
            let newest = plan.newestUser(atOrder: number)
            let user = SeededUser(min(dice.roll(0...newest), dice.roll(0...newest)), of: plan)
            let items = (0..<dice.pick([1, 1, 1, 2, 2, 3, 5])).map { _ in Self.item(&dice) }
            let moment = max(plan.moment(number, of: plan.orders), user.createdAt + .seconds(60))
            let chance = dice.roll(1...100)
            try self.init(&dice, user, items, at: moment, chance <= 92 ? .paid : chance <= 96 ? .declined : .cancelled)
        }
    }

    private init(
        _ dice: inout Dice, _ user: SeededUser, _ items: [OrderCreated.Item], at moment: Timestamp, _ outcome: Outcome
    ) throws(MoneyError) {
        var total = Money.zero
        for item in items { total = try total + item.price * item.quantity }
        order = OrderCreated(orderId: dice.id(at: moment), userId: user.id, items: items, totalAmount: total)
        (placedAt, self.outcome) = (moment, outcome)
        settledAt = moment + .milliseconds(dice.roll(20...900))
    }

    private static func item(_ dice: inout Dice) -> OrderCreated.Item {
        let (name, price) = dice.pick(products)
        return .init(
            productId: "product-\(name)", quantity: dice.pick([1, 1, 1, 2, 2, 3, 4, 10]),
            price: Money(hundredths: price))
    }

    private static let products: [(name: String, hundredths: Int64)] = [
        ("mouse", 2_999), ("keyboard", 7_990), ("monitor-24", 18_900), ("monitor-32", 42_900), ("headset", 5_950),
        ("webcam", 4_495), ("microphone", 9_900), ("dock", 15_900), ("cable-usb-c", 1_250), ("cable-hdmi", 990),
        ("charger", 3_490), ("laptop-13", 109_900), ("laptop-16", 219_900), ("stand", 3_900), ("lamp", 2_450),
        ("chair", 28_900), ("desk", 39_900), ("backpack", 6_990), ("notebook", 450), ("pen", 275),
    ]
}
