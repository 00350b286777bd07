import OrdersContracts
import PaymentsContracts
import TradewindAPI
import TradewindDomain
import TradewindMessaging
import TradewindPersistence
import TradewindRepositories
import UsersContracts

/// A service that writes down what it hears, in the order in which it hears it. Nothing in its tables keeps a line from
/// being written twice: that is the inbox' work, in both of its forms.
enum Ledger {
    static let name = "ledger"
    static let schema = MigrationSet(
        name,
        [
            Migration(
                1, "lines",
                """
                CREATE TABLE lines (
                    position integer PRIMARY KEY AUTOINCREMENT, topic text NOT NULL, key text NOT NULL, message text
                )
                """)
        ])

    static func subscriptions(_ store: Store) -> [Subscription] {
        [
            once(UserCreated.self, store), once(OrderCreated.self, store), once(OrderPaid.self, store),
            once(OrderCancelled.self, store), once(PaymentCompleted.self, store), once(PaymentRefunded.self, store),
            inTurn(UserUpdated.self, store),
        ]
    }

    static let topics: [EventName] = [
        UserCreated.name, OrderCreated.name, OrderPaid.name, OrderCancelled.name, PaymentCompleted.name,
        PaymentRefunded.name, UserUpdated.name,
    ]

    private static func once<Event: IntegrationEvent>(_: Event.Type, _ store: Store) -> Subscription {
        .reaction(to: Event.self, by: name, in: store.work) { event, work, _ in
            work.write("INSERT INTO lines (topic, key) VALUES (\(Event.name.description), \(event.subject))")
        }
    }

    private static func inTurn<Event: IntegrationEvent>(_: Event.Type, _ store: Store) -> Subscription {
        .on(Event.self) { received in
            try await store.work { work in
                guard try await work.isFirst(received.id, for: name) else { return }
                work.write(
                    """
                    INSERT INTO lines (topic, key, message)
                    VALUES (\(Event.name.description), \(received.event.subject), \(received.id))
                    """)
            }
        }
    }
}
