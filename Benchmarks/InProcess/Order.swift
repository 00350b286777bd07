internal import TradewindJSON

/// An order as the orders service has it, with the rules of its specification.
struct Order: Codable, Equatable {
    enum Status: String, Codable { case pending, paid, paymentFailed = "payment_failed", cancelled }

    struct Item: Codable, Equatable {
        let productId: String
        let quantity: Int
        let price: ExactDecimal
    }

    let id: Identifier
    let userId: Identifier
    let items: [Item]
    let totalAmount: ExactDecimal
    let status: Status
    let createdAt: String
    let updatedAt: String
}

/// A UUID as it is spelled.
struct Identifier: Codable, Equatable {
    let text: String

    init(_ text: String) { self.text = text }
    init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    var isValid: Bool {
        let bytes = text.utf8.span
        guard bytes.count == 36 else { return false }
        for index in 0..<36 {
            let isDash = index == 8 || index == 13 || index == 18 || index == 23
            guard isDash ? bytes[index] == UInt8(ascii: "-") : bytes[index].isHexadecimal else { return false }
        }
        return true
    }
}

extension UInt8 {
    var isHexadecimal: Bool { 0x30...0x39 ~= self || 0x61...0x66 ~= self | 0x20 }
    var isAlphanumericOrDash: Bool { 0x30...0x39 ~= self || 0x61...0x7A ~= self | 0x20 || self == 0x2D }
}

struct InvalidOrder: Error {
    let fields: [String]
}

extension Order {
    private static let lowestPrice = ExactDecimal(1, scale: 2) ?? .zero
    private static let highestPrice = ExactDecimal(99_999_999, scale: 2) ?? .zero

    /// Every rule, and every field that breaks one.
    func validate() throws {
        var fields: [String] = []
        if !id.isValid { fields.append("id") }
        if !userId.isValid { fields.append("userId") }
        if !(1...100).contains(items.count) { fields.append("items") }
        var total = ExactDecimal.zero
        for (index, item) in items.enumerated() {
            if !item.hasValidProduct { fields.append("items[\(index)].productId") }
            if !(1...9999).contains(item.quantity) { fields.append("items[\(index)].quantity") }
            if item.price < Self.lowestPrice || item.price > Self.highestPrice || item.price.scale > 2 {
                fields.append("items[\(index)].price")
            }
            total = item.price.multiplied(by: ExactDecimal(item.quantity)).flatMap(total.adding) ?? .zero
        }
        if total != totalAmount { fields.append("totalAmount") }
        guard fields.isEmpty else { throw InvalidOrder(fields: fields) }
    }
}

extension Order.Item {
    /// `^product-[A-Za-z0-9-]+$`, at most 100 bytes.
    var hasValidProduct: Bool {
        let bytes = productId.utf8.span
        guard 9...100 ~= bytes.count else { return false }
        let prefix = "product-".utf8.span
        for index in 0..<8 where bytes[index] != prefix[index] { return false }
        for index in 8..<bytes.count where !bytes[index].isAlphanumericOrDash { return false }
        return true
    }
}
