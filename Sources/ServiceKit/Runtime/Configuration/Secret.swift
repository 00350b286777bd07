/// A value that no log line, dump, mirror or error message can show: it has to be asked for by name.
package struct Secret<Value: Sendable>: Sendable {
    package let revealed: Value

    package init(_ value: Value) { revealed = value }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package static var mask: String { "•••" }
    package var description: String { Self.mask }
    package var debugDescription: String { Self.mask }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

extension Secret: Equatable where Value == String {
    /// Looks at every byte whatever the outcome, so that the time taken tells nothing but the length.
    package static func == (one: Self, other: Self) -> Bool {
        let (left, right) = (one.revealed.utf8, other.revealed.utf8)
        var difference = left.count ^ right.count
        for (a, b) in zip(left, right) { difference |= Int(a ^ b) }
        return difference == 0
    }
}
