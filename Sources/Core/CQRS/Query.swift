/// Asks something and changes nothing.
package protocol Query: Message {}

package protocol QueryHandler: Sendable {
    associatedtype Handled: Query

    func callAsFunction(_ query: Handled.Valid, for request: RequestContext) async throws -> Handled.Result
}
