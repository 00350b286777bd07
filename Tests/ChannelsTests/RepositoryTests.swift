import Channels
import ChannelsContracts
import Testing
import TradewindDomain
internal import TradewindHTTP
internal import TradewindJSON
import TradewindPersistence
import TradewindRepositories
import TradewindTesting

/// What every place promises that channels are kept in.
@Suite struct `A repository of channels` {
    @Test(arguments: Storage.allCases) func `makes its read model again from all that happened`(
        storage: Storage
    ) async throws {
        try await ChannelDesk.open(storage) { desk in
            let (first, second) = (try await desk.channel("a"), try await desk.channel("b"))
            _ = try await desk.patch("/api/channels/\(first.id)", ["name": "Renamed"])
            _ = try await desk.put("/api/channels/\(second.id)/settings", ["defaultSymbol": "EURUSD"])
            _ = try await desk.site.send(.post, "/api/channels/\(second.id)/pause")
            let before = try await desk.channels()
            try await desk.database.execute("UPDATE channels SET name = 'wrong', status = 'active', settings = NULL")
            #expect(try await ChannelTable().rebuild(in: desk.database) == 5)
            #expect(try await desk.channels() == before && before.map(\.name) == ["Morning signals", "Renamed"])
        }
    }

    @Test(arguments: Storage.allCases) func `loads from a snapshot what has changed often`(
        storage: Storage
    ) async throws {
        try await ChannelDesk.open(storage) { desk in
            let path = "/api/channels/\(try await desk.channel().id)"
            for number in 1...60 { _ = try await desk.patch(path, ["name": .string("Name \(number)")]) }
            let snapshot = try await desk.database.query("SELECT version FROM snapshots").first?.decode(0, as: Int.self)
            #expect(snapshot == 50)
            try await desk.database.execute("DELETE FROM events WHERE version <= 50")
            let paused = try await desk.site.send(.post, "\(path)/pause").json(ChannelView.self)
            #expect(paused.name == "Name 60" && paused.status == .paused)
        }
    }

    @Test(arguments: Storage.allCases) func `loses no change of many at once`(storage: Storage) async throws {
        try await ChannelDesk.open(storage) { desk in
            let path = "/api/channels/\(try await desk.channel().id)"
            let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 1...8 {
                    group.addTask { try await desk.patch(path, ["name": .string("Name \(number)")]).status == .ok }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let renamed = answers.filter { $0 }.count
            let events = try await desk.database.query("SELECT count(*) FROM events").first?.decode(0, as: Int.self)
            #expect(renamed > 0 && events == renamed + 1)
            #expect(try await desk.site.get(path)[.etag] == "\"\(renamed + 1)\"")
        }
    }
}
