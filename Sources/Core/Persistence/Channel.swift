/// A name under which sessions tell each other that something has happened.
package struct Channel: ExpressibleByStringLiteral, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    package init(stringLiteral name: StaticString) { description = name.description }
}

package enum Notice: Hashable, Sendable {
    /// Nothing that is sent from now on is missed; what was sent before may have been.
    case listening
    case notified(String)
}
