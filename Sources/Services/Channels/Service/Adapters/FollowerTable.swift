internal import ChannelsContracts
internal import TradewindDomain
package import TradewindPersistence
internal import TradewindRepositories
internal import UsersContracts

extension Follower.Status: SQLBindable, SQLReadable {}

extension Follower: RowReadable {
    static let columns: SQL = "id, channel_id, user_id, terms, status, balance, created_at, updated_at, version"

    package init(_ row: Row) throws {
        self.init(
            id: try row.decode(0), channel: try row.decode(1), user: try row.decode(2),
            terms: try row.decode(3, as: JSONText.self).decode(), status: try row.decode(4),
            balance: try row.decode(5), createdAt: try row.decode(6), updatedAt: try row.decode(7),
            version: try row.decode(8))
    }
}

extension AggregateTable where A == Follower {
    static let followers = AggregateTable<Follower>(
        select: { "SELECT \(Follower.columns) FROM followers WHERE id = \($0)" }, read: { try Follower($0) },
        insert: { follower in
            """
            INSERT INTO followers (\(Follower.columns))
            VALUES (\(follower.id), \(follower.channel), \(follower.user), \(try JSONText(follower.terms)),
            \(follower.status), \(follower.balance), \(follower.createdAt), \(follower.updatedAt), \(follower.version))
            """
        },
        update: { follower in
            """
            UPDATE followers SET terms = \(try JSONText(follower.terms)), status = \(follower.status),
            balance = \(follower.balance), updated_at = \(follower.updatedAt), version = \(follower.version)
            WHERE id = \(follower.id)
            """
        })
}
