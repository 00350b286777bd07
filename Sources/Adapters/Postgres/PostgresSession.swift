internal import TradewindPersistence
internal import TradewindReactor

/// A connection that somebody has for himself. Called from anywhere, it works on the connection's loop.
struct PostgresSession: Sendable {
    let connection: Connection
    var pool: LoopPool { connection.pool }

    init(_ connection: Connection) { self.connection = connection }

    /// The connection goes back, once what it is doing is done.
    func release() {
        pool.loop.execute { [self] in pool.release(connection) }
    }

    /// `work` is asked for on the loop, when its turn has come.
    func run(_ work: @escaping @Sendable () -> Job.Work) async throws(DatabaseError) -> Job {
        try await pool.enter { [self] pool throws(DatabaseError) in
            if Task.isCancelled { throw .cancelled }
            let job = Job(work())
            connection.enqueue(job)
            try await pool.wait(for: job)
            return job
        }
    }

    /// Whatever happens to the task: for what brings a transaction to its end.
    func finish(_ sql: SQL) async {
        _ = try? await pool.enter { [self] pool throws(DatabaseError) in
            let job = Job(.one(sql))
            connection.enqueue(job)
            try await job.wait { _ in }
        }
    }
}
