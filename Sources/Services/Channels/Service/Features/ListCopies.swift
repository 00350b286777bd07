package import ChannelsContracts
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
package import TradewindPersistence
internal import UsersContracts

/// What a client may ask for; the follower stands in the path.
package struct CopiesQuery: Decodable, Sendable { let status: CopyView.Status?, limit: Int?, after: CopyID? }

package struct ListCopies: Query {
    package typealias Result = Page<CopyView>

    let place: FollowerPlace, query: CopiesQuery

    /// The handler knows whose they are.
    package var access: Access { .signedIn }

    package struct Valid: Sendable { let place: FollowerPlace, query: CopiesQuery, limit: PageSize }

    package func validated() throws(Violations) -> Valid {
        var check = Validation()
        let size = check("limit", try PageSize(query.limit))
        return Valid(place: place, query: query, limit: try check.all(size))
    }
}

struct ListCopiesHandler: QueryHandler {
    typealias Handled = ListCopies
    let database: any Database

    func callAsFunction(_ query: ListCopies.Valid, for request: RequestContext) async throws -> Page<CopyView> {
        try Access.only(try await database.follower(query.place).user).admit(request.caller)
        let status: SQL = query.query.status.map { "AND status = \($0)" } ?? ""
        let after: SQL = query.query.after.map { "AND id < \($0)" } ?? ""
        let rows = try await database.query(
            """
            SELECT \(CopyView.columns) FROM copies WHERE follower_id = \(query.place.follower) \(status) \(after)
            ORDER BY id DESC LIMIT \(query.limit.count + 1)
            """)
        return Page(try rows.decode(CopyView.self), limit: query.limit.count) { $0.id.description }
    }
}

/// A copy as clients see it. Its order bears the same id.
package struct CopyView: Codable, Equatable, Sendable {
    package enum Status: String, CaseIterable, Codable, Sendable {
        case requested, rejected
        /// With its signal.
        case ended
    }
    package let id: CopyID, signalId: SignalID, followerId: FollowerID
    package let status: Status, reason: String?
    package let productId: String?, quantity: Int?, price: Money?
    /// Nil while it has not ended, or when nobody knows.
    package let gain: Money?
    package let requestedAt: Timestamp, endedAt: Timestamp?
}

extension CopyView: RowReadable {
    static let columns: SQL =
        "id, signal_id, follower_id, status, reason, product, quantity, price, gain, requested_at, ended_at"

    package init(_ row: Row) throws {
        self.init(
            id: try row.decode(0), signalId: try row.decode(1), followerId: try row.decode(2),
            status: try row.decode(3), reason: try row.decode(4), productId: try row.decode(5),
            quantity: try row.decode(6), price: try row.decode(7, as: Int64?.self).map { Money(hundredths: $0) },
            gain: try row.decode(8, as: Int64?.self).map { Money(hundredths: $0) }, requestedAt: try row.decode(9),
            endedAt: try row.decode(10))
    }
}

extension CopyView.Status: Described, SQLBindable, SQLReadable {}

extension CopiesQuery: Described {
    package static var schema: Schema { Schema(of: Self.self).with("limit", .pageSize) }
}
