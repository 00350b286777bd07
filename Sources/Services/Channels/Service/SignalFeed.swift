package import ChannelsContracts
package import Signals
package import TradewindDomain
internal import TradewindJSON
package import TradewindMessaging
package import TradewindRuntime

/// Something that a signal's channel told, as it goes to clients.
package struct LiveSignal: Sendable {
    package let id: String, topic: String, json: [UInt8]
    let channel: ChannelID, symbol: Symbol

    /// Nil for what is no news of a signal.
    package init?(_ delivery: Delivery) {
        do {
            switch delivery.topic {
            case TradingSignalReceived.name:
                let received = try Received<TradingSignalReceived>(delivery)
                try self.init(received, received.event.channelId, received.event.terms)
            case TradingSignalUpdated.name:
                let received = try Received<TradingSignalUpdated>(delivery)
                try self.init(received, received.event.channelId, received.event.terms)
            default: return nil
            }
        } catch { return nil }
    }

    private init<Event>(_ received: Received<Event>, _ channel: ChannelID, _ terms: SignalTerms) throws {
        (id, topic, json) = (received.id, Event.name.description, try JSON.encode(received.event))
        (self.channel, symbol) = (channel, terms.symbol)
    }

    package static let topics: [EventName] = [TradingSignalReceived.name, TradingSignalUpdated.name]
}

/// Gives the news of signals, of whichever instance they are, to who listens at the moment.
package actor SignalFeed {
    private struct Listener {
        let channel: ChannelID?, symbol: Symbol?
        let news: AsyncStream<LiveSignal>.Continuation
    }
    private var listeners: [Int: Listener] = [:]
    private var last = 0
    private var isOpen = false
    /// Who is further behind is let go; a browser comes back by itself.
    private static let waiting = 256

    package init() {}

    /// How many listen.
    package var count: Int { listeners.count }

    package func open() { isOpen = true }

    package func close() {
        isOpen = false
        for listener in listeners.values { listener.news.finish() }
    }

    package func tell(_ signal: LiveSignal) {
        for listener in listeners.values {
            if let channel = listener.channel, channel != signal.channel { continue }
            if let symbol = listener.symbol, symbol != signal.symbol { continue }
            if case .dropped = listener.news.yield(signal) { listener.news.finish() }
        }
    }

    /// Ends when there is nobody to hear from: who listens may come again.
    package func follow(
        _ channel: ChannelID?, _ symbol: Symbol?, _ body: @Sendable (LiveSignal) async throws -> Void
    ) async throws {
        guard isOpen else { return }
        let (signals, news) = AsyncStream.makeStream(
            of: LiveSignal.self, bufferingPolicy: .bufferingOldest(Self.waiting))
        last += 1
        let number = last
        listeners[number] = Listener(channel: channel, symbol: symbol, news: news)
        defer { listeners[number] = nil }
        for await signal in signals { try await body(signal) }
    }
}

/// Hears what all instances tell, and goes on hearing when the broker was away.
package struct SignalFeedPart: Service {
    package let name = "feed of signals"
    let feed: SignalFeed
    let broker: any Broker
    let clockwork: Clockwork

    package init(_ feed: SignalFeed, _ broker: any Broker, _ clockwork: Clockwork) {
        (self.feed, self.broker, self.clockwork) = (feed, broker, clockwork)
    }

    package func run(_ life: Life) async throws {
        life.started()
        try await life.untilStop {
            while true {
                if let deliveries = try? await broker.follow(LiveSignal.topics) {
                    await feed.open()
                    for await delivery in deliveries {
                        if let signal = LiveSignal(delivery) { await feed.tell(signal) }
                    }
                    await feed.close()
                }
                try await clockwork.sleep(.seconds(1))
            }
        }
    }
}
