extension EventLoop {
    /// Runs `body` on this loop, whatever thread or actor calls. A preference alone moves nothing: a function that runs
    /// where its caller does stays there, so `body` is entered through one that does not.
    package func run<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withTaskExecutorPreference(self) { try await enter(body) }
    }

    @concurrent private func enter<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        precondition(isCurrent)
        return try await body()
    }
}
