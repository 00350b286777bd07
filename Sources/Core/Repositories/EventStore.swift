package import TradewindDomain
package import TradewindPersistence

/// Keeps an aggregate as what happened to it. Two who append after the same version cannot both be right: the later one
/// gets a `VersionConflict`.
package struct EventStore<A: EventSourced & Codable>: Sendable where A.Event: Codable {
    private let snapshotEvery: Int64
    private let projections: [any Projection<A>]

    /// - Parameters:
    ///   - projections: the read models that are kept up to date in the transaction of the events.
    ///   - snapshotEvery: how many events are replayed at most.
    package init(_ projections: [any Projection<A>] = [], snapshotEvery: Int = 100) {
        (self.projections, self.snapshotEvery) = (projections, Int64(max(snapshotEvery, 1)))
    }

    package func load(_ id: ID<A.Tag>, in session: any Session) async throws -> A {
        try await load(id) { (sql) throws(DatabaseError) in try await session.query(sql) }
    }

    /// The first events of a new aggregate, stored with the commit.
    package func begin(_ id: ID<A.Tag>, with events: [A.Event], in work: Work) throws -> A {
        guard var aggregate = A(replaying: events) else { throw NotFound(A.kind, id) }
        try append(events, to: &aggregate, after: .new, in: work)
        return aggregate
    }

    /// Loads, changes by a closure that cannot wait, and appends what it returns.
    @discardableResult
    package func update(
        _ id: ID<A.Tag>, in work: Work, expected: Version? = nil, _ change: (inout A) throws -> [A.Event]
    ) async throws -> (aggregate: A, events: [A.Event]) {
        var aggregate = try await load(id) { (sql) throws(DatabaseError) in try await work.query(sql) }
        if let expected, expected != aggregate.version { throw VersionConflict(A.kind, id, expected: expected) }
        let loaded = aggregate.version
        let events = try change(&aggregate)
        try append(events, to: &aggregate, after: loaded, in: work)
        return (aggregate, events)
    }

    private func load(
        _ id: ID<A.Tag>, _ query: (SQL) async throws(DatabaseError) -> Rows
    ) async throws -> A {
        var aggregate: A?
        if let row = try await query("SELECT version, body FROM snapshots WHERE stream = \(id.raw)").first {
            aggregate = try row.decode(1, as: JSONText.self).decode(A.self)
            aggregate?.version = Version(try row.decode(0))
        }
        let known = aggregate?.version ?? .new
        let rows = try await query(
            "SELECT body FROM events WHERE stream = \(id.raw) AND version > \(known.number) ORDER BY version")
        for row in rows {
            let event = try row.decode(0, as: JSONText.self).decode(A.Event.self)
            let version = (aggregate?.version ?? .new).next
            if aggregate == nil { aggregate = A(event) } else { aggregate?.apply(event) }
            aggregate?.version = version
        }
        guard let aggregate else { throw NotFound(A.kind, id) }
        return aggregate
    }

    private func append(_ events: [A.Event], to aggregate: inout A, after loaded: Version, in work: Work) throws {
        let conflict = ["events_stream_version_key": VersionConflict(A.kind, aggregate.id, expected: loaded)]
        let now = work.now
        var version = loaded
        for event in events {
            version = version.next
            let body = try JSONText(event)
            work.write(
                """
                INSERT INTO events (kind, stream, version, body, happened_at)
                VALUES (\(A.kind), \(aggregate.id.raw), \(version.number), \(body), \(now))
                """, conflicts: conflict)
            let entry = EventEntry<A>(event: event, id: aggregate.id, version: version, at: now)
            for projection in projections {
                for statement in projection.statements(for: entry) { work.write(statement) }
            }
        }
        aggregate.version = version
        guard loaded.number / snapshotEvery != version.number / snapshotEvery else { return }
        work.write(
            """
            INSERT INTO snapshots (stream, version, body)
            VALUES (\(aggregate.id.raw), \(version.number), \(try JSONText(aggregate)))
            ON CONFLICT (stream) DO UPDATE SET version = excluded.version, body = excluded.body
            """)
    }
}

/// An event with its place in the life of its aggregate.
package struct EventEntry<A: EventSourced>: Sendable {
    package let event: A.Event
    package let id: ID<A.Tag>
    package let version: Version
    package let at: Timestamp
}
