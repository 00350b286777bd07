internal import ChannelsContracts
internal import Signals
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindMessaging
internal import TradewindPersistence
internal import TradewindRepositories
internal import UsersContracts

/// Copies of a signal that is over, as far as a batch goes.
struct EndedCopy {
    let id: CopyID, follower: FollowerID, volume: Int64
}

extension Work {
    /// The next of those who follow the channel and have no copy of the signal yet, with what they have in play. Nobody
    /// else copies for them until the commit.
    func followers(
        of channel: ChannelID, without signal: SignalID, after: FollowerID?, limit: Int
    ) async throws -> [(follower: Follower, exposure: Exposure)] {
        let behind: SQL = after.map { "AND id > \($0)" } ?? ""
        let followers = try await query(
            """
            SELECT \(Follower.columns) FROM followers
            WHERE channel_id = \(channel) AND status = 'active' \(behind)
            AND NOT EXISTS (SELECT 1 FROM copies c WHERE c.signal_id = \(signal) AND c.follower_id = followers.id)
            ORDER BY id LIMIT \(limit) FOR UPDATE
            """
        ).decode(Follower.self)
        let exposures = try await exposures(of: followers.map(\.id))
        return followers.map { ($0, exposures[$0.id] ?? Exposure()) }
    }

    private func exposures(of followers: [FollowerID]) async throws -> [FollowerID: Exposure] {
        guard !followers.isEmpty else { return [:] }
        var exposures: [FollowerID: Exposure] = [:]
        for row in try await query(
            """
            SELECT follower_id, count(*), CAST(sum(volume) AS bigint) FROM copies
            WHERE follower_id = ANY (\(followers)) AND status = 'requested' GROUP BY follower_id
            """)
        {
            exposures[try row.decode(0)] = Exposure(open: try row.decode(1), openVolume: try row.decode(2))
        }
        for row in try await query(
            """
            SELECT follower_id, CAST(sum(volume) AS bigint) FROM copies
            WHERE follower_id = ANY (\(followers)) AND requested_at >= \(now.startOfDay) AND volume IS NOT NULL
            GROUP BY follower_id
            """)
        {
            exposures[try row.decode(0), default: Exposure()].volumeToday = try row.decode(1)
        }
        return exposures
    }

    /// Keeps what has become of a signal for one follower, and asks for the order.
    func keep(
        _ copy: Copy, _ id: CopyID, of signal: TradingSignal, for follower: Follower, _ request: RequestContext
    ) throws {
        switch copy {
        case .rejected(let reason):
            write(
                """
                INSERT INTO copies (id, signal_id, follower_id, status, reason, requested_at)
                VALUES (\(id), \(signal.id), \(follower.id), 'rejected', \(reason.rawValue), \(now))
                """)
        case .requested(let order):
            write(
                """
                INSERT INTO copies (id, signal_id, follower_id, status, product, quantity, price, volume, requested_at)
                VALUES (\(id), \(signal.id), \(follower.id), 'requested', \(order.product), \(order.quantity),
                \(order.price.hundredths), \(order.volume), \(now))
                """)
            try publish(
                CopyOrderRequested(
                    copyId: id, signalId: signal.id, channelId: signal.channel, followerId: follower.id,
                    userId: follower.user, symbol: signal.terms.symbol, side: signal.terms.side,
                    productId: order.product, quantity: order.quantity, price: order.price),
                for: request)
        }
    }

    /// The next copies of a signal that are still open.
    func openCopies(of signal: SignalID, limit: Int) async throws -> [EndedCopy] {
        try await query(
            """
            SELECT id, follower_id, volume FROM copies WHERE signal_id = \(signal) AND status = 'requested'
            ORDER BY follower_id LIMIT \(limit) FOR UPDATE
            """
        ).map { EndedCopy(id: try $0.decode(0), follower: try $0.decode(1), volume: try $0.decode(2)) }
    }

    func end(_ copy: EndedCopy, gain: Int64?) {
        write("UPDATE copies SET status = 'ended', gain = \(gain), ended_at = \(now) WHERE id = \(copy.id)")
    }
}

extension Timestamp {
    fileprivate var startOfDay: Timestamp {
        let day: Int64 = 86_400_000_000
        return Timestamp(microseconds: microseconds - ((microseconds % day) + day) % day)
    }
}
