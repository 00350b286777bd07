/// Collects what is wrong, so that an initialiser reports everything at once:
///
///     package init(product: String, quantity: Int) throws(Violations) {
///         var check = Validation()
///         let product = check("product", try ProductID(product))
///         let quantity = check("quantity", try Quantity(quantity))
///         (self.product, self.quantity) = try check.all(product, quantity)
///     }
package struct Validation {
    private var found: [Violation] = []

    package init() {}

    /// A rule of the value itself, or of several fields together.
    package mutating func require(
        _ holds: Bool, _ code: Violation.Code, _ message: @autoclosure () -> String, at field: String = ""
    ) {
        if !holds { found.append(Violation(code, message(), at: field)) }
    }

    /// A value object that is part of this one; nil when it has violations, which then bear the field's name.
    package mutating func callAsFunction<Value>(
        _ field: String, _ value: @autoclosure () throws(Violations) -> Value
    ) -> Value? {
        do { return try value() } catch {
            found += error.all.map { $0.within(field) }
            return nil
        }
    }

    /// A part that may be missing; nil then, too.
    package mutating func callAsFunction<Raw, Value>(
        _ field: String, ifPresent raw: Raw?, _ value: (Raw) throws(Violations) -> Value
    ) -> Value? {
        guard let raw else { return nil }
        do { return try value(raw) } catch {
            found += error.all.map { $0.within(field) }
            return nil
        }
    }

    /// One value object for each element. `count` comes first: of a list that is too long nothing is looked at, so
    /// neither the work nor the answer grows beyond what the author allows.
    package mutating func callAsFunction<Element, Value>(
        _ field: String, _ elements: some Collection<Element>, count: ClosedRange<Int>,
        _ value: (Element) throws(Violations) -> Value
    ) -> [Value]? {
        guard count.contains(elements.count) else {
            let message = "must have \(count.lowerBound) to \(count.upperBound) entries"
            found.append(Violation(.count, message, at: field))
            return nil
        }
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            do { values.append(try value(element)) } catch {
                found += error.all.map { $0.within("\(field)[\(index)]") }
            }
        }
        return values.count == elements.count ? values : nil
    }

    /// Throws if there is anything.
    package func done() throws(Violations) {
        if let violations = Violations(found) { throw violations }
    }

    /// The values that were checked, if all of them are there and nothing was found.
    package func all<each Value>(_ value: repeat (each Value)?) throws(Violations) -> (repeat each Value) {
        try done()
        return (repeat try Self.present(each value))
    }

    private static func present<Value>(_ value: Value?) throws(Violations) -> Value {
        guard let value else { throw Violations(.required, "must be present") }
        return value
    }
}
