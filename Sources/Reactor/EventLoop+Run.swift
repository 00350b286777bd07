extension EventLoop {
    /// Runs `body` on this loop, whatever thread or actor calls. A preference alone moves nothing: a function that runs
    /// where its caller does stays there, so `body` is entered through one that does not.
    package func run<Result: Sendable, Failure>(
        _ body: @escaping @Sendable () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await withTaskExecutorPreference(self) { () async throws(Failure) in try await enter(body) }
    }

    @concurrent private func enter<Result: Sendable, Failure>(
        _ body: @escaping @Sendable () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        precondition(isCurrent)
        return try await body()
    }
}
