internal import Foundation
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindJSON
internal import TradewindMessaging
internal import TradewindPersistence
internal import TradewindRepositories
internal import TradewindRuntime

/// P3 as services write it: an order and its event through a unit of work, two statements of ours, against the one of
/// pgbench that does both.
func committingOrders() async throws {
    let placed = try await Statements().measure(
        schema: [orders, MigrationSet.messaging().migrations[0].script(for: .postgres)],
        script: """
            \\set id random(4294967296, 281474976710656)
            WITH placed AS (INSERT INTO orders VALUES (lpad(to_hex(:id::bigint), 32, '0')::uuid, \
            '018f0000-0000-7000-8000-000000000001', 'BTCUSDT', 5, 64250.5, 'open', now()) \
            RETURNING id, quantity, price) INSERT INTO outbox (id, topic, key, body, created_at) \
            SELECT id, 'order.created', id::text, convert_to(jsonb_build_object('specversion', '1.0', 'id', id, \
            'source', 'orders', 'type', 'order.created', 'time', now(), 'subject', id, 'datacontenttype', \
            'application/json', 'dataschema', 'order.created/v1', 'requestid', 'benchmark', 'data', \
            jsonb_build_object('order', id, 'quantity', quantity, 'price', price))::text, 'UTF8'), now() FROM placed;

            """
    ) { database in
        let work = DatabaseWork(database, source: "orders", clockwork: .live, bell: Bell())
        return { try await place(with: work) }
    }
    print(placed.line("P3W"))
}

private func place(with work: DatabaseWork) async throws {
    try await work { work in
        let id: OrderID = Clockwork.live.newID()
        let price: ExactDecimal = 64_250
        work.write(
            """
            INSERT INTO orders (id, user_id, symbol, quantity, price, status, placed_at)
            VALUES (\(id.raw), \(user), 'BTCUSDT', 5, \(price), 'open', \(work.now))
            """)
        try work.publish(OrderCreated(order: id.description, quantity: 5, price: "64250"), for: request)
    }
}

private enum OrderTag {}
private typealias OrderID = ID<OrderTag>
private let user = TradewindDomain.UUID(high: 0x018F_0000_0000_7000, low: 0x8000_0000_0000_0001)
private let request = RequestContext(id: .given("benchmark"), caller: .anonymous)

private struct OrderCreated: IntegrationEvent {
    static let name: EventName = "order.created"
    let order: String, quantity: Int, price: String
    var subject: String { order }
}

private let orders: SQLScript = """
    CREATE TABLE orders (
        id uuid PRIMARY KEY, user_id uuid NOT NULL, symbol text NOT NULL, quantity bigint NOT NULL,
        price numeric(20, 8) NOT NULL, status text NOT NULL, placed_at timestamptz NOT NULL)
    """
