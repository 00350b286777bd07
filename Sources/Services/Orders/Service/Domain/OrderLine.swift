package import TradewindDomain

package struct OrderLine: Equatable, Sendable {
    package let product: ProductID, quantity: Int, price: Money

    package static let quantities = 1...9_999
    /// In hundredths: 0.01 to 999,999.99.
    package static let prices: ClosedRange<Int64> = 1...99_999_999

    package init(product: String, quantity: Int, price: () throws(Violations) -> Money) throws(Violations) {
        var check = Validation()
        let product = check("productId", try ProductID(product))
        check.require(Self.quantities.contains(quantity), .range, "must be between 1 and 9999", at: "quantity")
        let price = check("price", try Self.checked(try price()))
        (self.product, self.price) = try check.all(product, price)
        self.quantity = quantity
    }

    private static func checked(_ price: Money) throws(Violations) -> Money {
        guard prices.contains(price.hundredths) else {
            throw Violations(.range, "must be between 0.01 and 999999.99")
        }
        return price
    }

    /// Of what is known to be right: it was stored.
    init(stored product: String, _ quantity: Int, _ price: Money) {
        (self.product, self.quantity, self.price) = (ProductID(stored: product), quantity, price)
    }

    static let welcome = OrderLine(stored: "product-welcome", 1, Money(hundredths: 1))
}

package struct ProductID: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package static let longest = 100
    package static let pattern = "^product-[A-Za-z0-9-]+$"

    package init(_ text: String) throws(Violations) {
        guard Self.isValid(text) else {
            throw Violations(.format, "must be product- and letters, digits or dashes, at most 100 characters")
        }
        description = text
    }

    fileprivate init(stored text: String) { description = text }

    /// Without a regular expression: this runs for every line of every order.
    package static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.count <= longest, text.hasPrefix("product-"), bytes.count > 8 else { return false }
        return bytes.dropFirst(8).allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
            default: false
            }
        }
    }
}
