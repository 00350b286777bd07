/// What a test waits for did not happen.
package struct DidNotHappen: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// Looks until `condition` holds, and fails when it does not within the deadline. For what other threads and processes
/// do; what the test itself causes is awaited.
package func eventually(
    within limit: Duration = .seconds(60), _ what: String = "the expected state",
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else { throw DidNotHappen("no sign of \(what) after \(limit)") }
        try await Task.sleep(for: .milliseconds(2))
    }
}
