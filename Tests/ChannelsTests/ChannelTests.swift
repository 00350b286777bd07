import Channels
import ChannelsContracts
import Testing
import TradewindDomain
import TradewindJSON
import TradewindTesting
import UsersContracts

extension Channel {
    static func fixture(_ status: Status = .active) throws -> Channel {
        let origin = ChannelOrigin(user: .alice, medium: .telegram, externalID: try ExternalID("-100123"))
        let events = register(ChannelID(UUID(high: 1, low: 9)), origin, name: try ChannelName("Morning"), at: .noon)
        var channel = try #require(Channel(replaying: events))
        switch status {
        case .active: break
        case .paused: _ = try channel.pause()
        case .closed: _ = try channel.close()
        }
        return channel
    }
}

@Suite struct `A channel` {
    @Test func `is active when it is registered`() throws {
        let channel = try Channel.fixture()
        #expect(channel.status == .active && channel.settings == .standard && channel.createdAt == .noon)
        #expect(channel.version == Version.new.next)
    }

    @Test func `is paused, goes on and is closed, each in its time`() throws {
        for (status, canPause, canResume, canClose) in [
            (Channel.Status.active, true, false, true), (.paused, false, true, true), (.closed, false, false, false),
        ] {
            var channel = try Channel.fixture(status)
            #expect((try? channel.pause() == [.paused]) == (canPause ? true : nil))
            channel = try Channel.fixture(status)
            #expect((try? channel.resume() == [.resumed]) == (canResume ? true : nil))
            channel = try Channel.fixture(status)
            #expect((try? channel.close() == [.closed]) == (canClose ? true : nil))
        }
    }

    @Test func `that is closed stays as it is`() throws {
        var channel = try Channel.fixture(.closed)
        let closed = channel
        #expect(throws: ChannelError.closedChannelsStayAsTheyAre) { try channel.rename(to: ChannelName("Other")) }
        #expect(throws: ChannelError.closedChannelsStayAsTheyAre) { try channel.change(.standard) }
        #expect(channel == closed)
    }

    @Test func `hears nothing of a name that it has already`() throws {
        var channel = try Channel.fixture()
        #expect(try channel.rename(to: channel.name).isEmpty)
        let other = try ChannelName("Other")
        #expect(try channel.rename(to: other) == [.renamed(to: other)] && channel.name == other)
    }

    @Test func `is what its events make of it, read from what is stored`() throws {
        let settings = try ChannelSettings(
            defaultSymbol: "btc/usdt", symbolAliases: ["gold": "xauusd"], extraWords: .init(stop: [" Exit Below "]),
            ignoredWords: ["Result"], signalExpirySeconds: 3_600)
        var channel = try Channel.fixture()
        var events = Channel.register(channel.id, channel.origin, name: channel.name, at: channel.createdAt)
        events += try channel.change(settings)
        events += try channel.pause()
        events += try channel.rename(to: ChannelName("Evening"))
        channel.version = Version(4)
        let stored = try JSON.decode([ChannelEvent].self, from: JSON.encode(events))
        #expect(Channel(replaying: stored) == channel)
        #expect(settings.defaultSymbol == "BTCUSDT" && settings.symbolAliases == ["GOLD": "XAUUSD"])
        #expect(settings.extraWords.stop == ["exit below"] && settings.ignoredWords == ["result"])
    }

    @Test func `begins with being registered`() {
        #expect(Channel(.paused) == nil)
    }

    @Test(
        arguments: [
            ("", "length"), (" ", "length"), ("a", nil), (String(repeating: "ü", count: 100), nil),
            (String(repeating: "x", count: 101), "length"), ("a\nb", "format"), (" padded ", nil),
        ] as [(String, String?)]) func `has a name of 1 to 100 characters on one line`(name: String, fault: String?)
    {
        #expect(fault == Self.fault { _ = try ChannelName(name) })
    }

    @Test(
        arguments: [
            (59, "signalExpirySeconds range"), (60, nil), (31_536_000, nil), (31_536_001, "signalExpirySeconds range"),
            (-1, "signalExpirySeconds range"),
        ] as [(Int, String?)]) func `lets signals expire after a minute to a year`(seconds: Int, fault: String?)
    {
        let found = Self.fault {
            _ = try ChannelSettings(
                defaultSymbol: nil, symbolAliases: [:], extraWords: .init(), ignoredWords: [],
                signalExpirySeconds: seconds)
        }
        #expect(found == fault)
    }

    @Test func `says of all its settings what is wrong`() {
        let fault = Self.fault {
            _ = try ChannelSettings(
                defaultSymbol: "not a symbol!", symbolAliases: ["GOLD": "?", "": "XAUUSD"],
                extraWords: .init(entry: Array(repeating: "x", count: 51), close: ["ok", ""]),
                ignoredWords: [String(repeating: "x", count: 41)], signalExpirySeconds: nil)
        }
        #expect(
            fault
                == "defaultSymbol format, symbolAliases length, symbolAliases.GOLD format, extraWords.entry count, "
                + "extraWords.close[1] length, ignoredWords[0] length")
    }

    private static func fault(_ body: () throws -> Void) -> String? {
        do { try body() } catch let violations as Violations {
            return violations.all.map { ($0.field.isEmpty ? "" : $0.field + " ") + $0.code.description }
                .joined(separator: ", ")
        } catch { return "\(error)" }
        return nil
    }
}
