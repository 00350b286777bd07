import Orders
import OrdersContracts
import Testing
import TradewindAPI
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindJSON
import TradewindLocks
import TradewindTesting
import UsersContracts

@Suite struct `Placing an order` {
    @Test(arguments: Storage.allCases) func `answers 201 with the exact total, and tells the others`(
        storage: Storage
    ) async throws {
        try await OrderDesk.open(storage) { desk in
            let answer = try await desk.place([
                "userId": .string(UserID.alice.description),
                "items": [
                    ["productId": "product-a", "quantity": 1, "price": .hundredths(10)],
                    ["productId": "product-b", "quantity": 1, "price": .hundredths(20)],
                    ["productId": "product-mouse", "quantity": 2, "price": .hundredths(2_999)],
                ],
            ])
            let order = try answer.json(OrderView.self)
            #expect(answer.status == .created && answer[.location] == "/api/orders/\(order.id)")
            #expect(order.totalAmount == Money(hundredths: 6_028) && order.status == .pending && order.userKnown == nil)
            #expect(answer.text.contains(#""totalAmount":60.28"#))
            let stored = try await desk.order(order.id)
            #expect(stored.id == order.id && stored.items == order.items && stored.userKnown == false)
            #expect(try await desk.told() == ["order.created"])
        }
    }

    @Test(
        arguments: [
            ("0", "quantity range"), ("1", nil), ("9999", nil), ("10000", "quantity range"), ("-1", "quantity range"),
            ("1.5", "quantity whole"), ("2.0", nil), ("\"1\"", "quantity type"), ("null", "quantity type"),
            ("1e400", "quantity whole"),
        ] as [(String, String?)]) func `looks at the quantity`(quantity: String, fault: String?) async throws
    {
        try await expect(#"{"productId":"product-a","quantity":\#(quantity),"price":1}"#, fault)
    }

    @Test(
        arguments: [
            ("0", "price range"), ("0.005", "price precision"), ("0.01", nil), ("0.010", nil), ("2.5", nil),
            ("29.999", "price precision"),
            ("999999.99", nil), ("1000000", "price range"), ("1e400", "price range"), ("-1", "price range"),
            ("\"1\"", "price type"),
        ] as [(String, String?)]) func `looks at the price`(price: String, fault: String?) async throws
    {
        try await expect(#"{"productId":"product-a","quantity":1,"price":\#(price)}"#, fault)
    }

    @Test(
        arguments: [
            ("product-A-9", nil), ("product-", "productId"), ("Product-a", "productId"), ("product-ä", "productId"),
            ("product-a b", "productId"), ("product-" + String(repeating: "x", count: 92), nil),
            ("product-" + String(repeating: "x", count: 93), "productId"), ("", "productId"),
        ] as [(String, String?)]) func `looks at the product`(product: String, field: String?) async throws
    {
        let item = #"{"productId":"\#(product)","quantity":1,"price":1}"#
        let (status, errors) = try await send(#"{"userId":"\#(UserID.alice)","items":[\#(item)]}"#)
        #expect(status == (field == nil ? .created : .badRequest))
        #expect(errors.map { $0.split(separator: " ")[0] } == (field.map { ["items[0].\($0)"] } ?? []))
    }

    @Test(arguments: [
        (0, HTTPStatus.badRequest), (1, .created), (100, .created), (101, .badRequest),
    ]) func `takes 1 to 100 items`(count: Int, status: HTTPStatus) async throws {
        let items = Array(repeating: #"{"productId":"product-a","quantity":1,"price":1}"#, count: count)
        let answer = try await send(#"{"userId":"\#(UserID.alice)","items":[\#(items.joined(separator: ","))]}"#)
        #expect(answer.status == status)
        if status != .created { #expect(answer.errors == ["items count"]) }
    }

    @Test(arguments: [
        #"{"items":[{"productId":"product-a","quantity":1,"price":1}]}"#, #"{"userId":7,"items":[]}"#,
        #"{"userId":"alice","items":{}}"#, "[]", "null", #""x""#,
    ]) func `refuses what has another shape`(body: String) async throws {
        #expect(try await send(body).status == .badRequest)
    }

    @Test func `names every wrong field of every item`() async throws {
        let answer = try await send(
            #"{"userId":"x","items":[{"productId":7,"quantity":0,"price":"a"},{"quantity":1,"price":0.001}]}"#)
        #expect(
            answer.errors == [
                "userId format", "items[0].productId type", "items[0].quantity range", "items[0].price type",
                "items[1].productId required", "items[1].price precision", "items[1].price range",
            ])
    }

    @Test func `ignores fields that it does not know`() async throws {
        let item = #"{"productId":"product-a","quantity":1,"price":1,"colour":"red"}"#
        #expect(
            try await send(#"{"userId":"\#(UserID.alice)","items":[\#(item)],"note":{"a":[1]}}"#).status == .created)
    }

    @Test(arguments: Storage.allCases) func `gives the first answer again to the same key, and 409 to another order`(
        storage: Storage
    ) async throws {
        try await OrderDesk.open(storage) { desk in
            let body: JSONValue = [
                "userId": .string(UserID.alice.description),
                "items": [["productId": "product-a", "quantity": 1, "price": 1]],
            ]
            let first = try await desk.site.post("/api/orders", json: body, headers: [.idempotencyKey: "k-1"])
            let again = try await desk.site.post("/api/orders", json: body, headers: [.idempotencyKey: "k-1"])
            #expect(first.status == .created && again.status == .created && first.text == again.text)
            guard var other = body.object else { return }
            other["userId"] = .string(UserID.bob.description)
            let refused = try await desk.site.post(
                "/api/orders", json: JSONValue.object(other), headers: [.idempotencyKey: "k-1"])
            #expect(refused.status == .conflict)
            #expect(try await desk.told().count == 1)
        }
    }

    private func expect(_ item: String, _ fault: String?) async throws {
        let answer = try await send(#"{"userId":"\#(UserID.alice)","items":[\#(item)]}"#)
        #expect(answer.status == (fault == nil ? .created : .badRequest))
        #expect(answer.errors == (fault.map { ["items[0].\($0)"] } ?? []))
    }

    private func send(_ body: String) async throws -> (status: HTTPStatus, errors: [String]) {
        let answers = Lock<[TestResponse]>([])
        try await OrderDesk.open(.memory) { desk in
            let answer = try await desk.site.send(.post, "/api/orders", body: Array(body.utf8))
            answers.withLock { $0.append(answer) }
        }
        let answer = try #require(answers.withLock { $0.first })
        return (answer.status, answer.status == .created ? [] : try answer.json(ProblemView.self).faults)
    }
}
