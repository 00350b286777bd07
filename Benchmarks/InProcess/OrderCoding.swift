internal import Foundation
internal import TradewindJSON

// P7: decode, validate and encode an order; the same types, one thread, Foundation's coders beside ours.

private let orderText = """
    {"id":"0190b3a4-7c1e-7d2a-9f10-3b5e8c6d4a21","userId":"0190b3a4-6b0d-7c19-8e0f-2a4d7b5c3910",\
    "items":[{"productId":"product-keyboard-87","quantity":2,"price":129.99},\
    {"productId":"product-mouse-3","quantity":1,"price":49.5},\
    {"productId":"product-cable-usb-c-2m","quantity":12,"price":7.25}],\
    "totalAmount":396.48,"status":"pending",\
    "createdAt":"2025-06-14T09:26:53.589Z","updatedAt":"2025-06-14T09:26:53.589Z"}
    """

func orderCoding() throws {
    let bytes = Array(orderText.utf8)
    let data = Data(bytes)
    let (decoder, encoder) = (JSONDecoder(), JSONEncoder())
    let (ours, theirs) = (try JSON.decode(Order.self, from: bytes), try decoder.decode(Order.self, from: data))
    guard ours == theirs, try JSON.encode(ours) == bytes else { throw InvalidOrder(fields: ["the two disagree"]) }

    try Comparison(name: "P7").run {
        let order = try JSON.decode(Order.self, from: bytes)
        try order.validate()
        consume(try JSON.encode(order))
    } theirs: {
        let order = try decoder.decode(Order.self, from: data)
        try order.validate()
        consume(try encoder.encode(order))
    }
    try Comparison(name: "P7-decode").run {
        consume(try JSON.decode(Order.self, from: bytes))
    } theirs: {
        consume(try decoder.decode(Order.self, from: data))
    }
    try Comparison(name: "P7-encode").run {
        consume(try JSON.encode(ours))
    } theirs: {
        consume(try encoder.encode(ours))
    }
    // What both sides of the first row pay besides.
    try Comparison(name: "P7-validate").run(ours: { try ours.validate() }, theirs: { try theirs.validate() })
    try orderCodingWithDoubles(bytes, data)
}

/// The same order with prices that both sides read natively, so that Foundation pays nothing for our decimal.
private func orderCodingWithDoubles(_ bytes: [UInt8], _ data: Data) throws {
    let (decoder, encoder) = (JSONDecoder(), JSONEncoder())
    try Comparison(name: "P7-with-doubles").run {
        consume(try JSON.encode(JSON.decode(DoubleOrder.self, from: bytes)))
    } theirs: {
        consume(try encoder.encode(decoder.decode(DoubleOrder.self, from: data)))
    }
}

private struct DoubleOrder: Codable {
    struct Item: Codable {
        let productId: String
        let quantity: Int
        let price: Double
    }

    let id: Identifier
    let userId: Identifier
    let items: [Item]
    let totalAmount: Double
    let status: Order.Status
    let createdAt: String
    let updatedAt: String
}

// For `valgrind --tool=callgrind --toggle-collect='*orderLoop*'`, to see where the time goes.

func orderDecoding() throws {
    let bytes = Array(orderText.utf8)
    try orderLoop { consume(try JSON.decode(Order.self, from: bytes)) }
}

func orderEncoding() throws {
    let order = try JSON.decode(Order.self, from: orderText)
    try orderLoop { consume(try JSON.encode(order)) }
}

@inline(never)
private func orderLoop(_ body: () throws -> Void) rethrows {
    for _ in 0..<2_000 { try body() }
}
