import Testing
import TradewindDomain

/// A tab in a bar: what its events make of it.
private struct Tab: EventSourced, Equatable {
    enum Tag {}
    enum Event: DomainEvent, Equatable {
        case opened(ID<Tag>)
        case drunk(Money)
        case paid(Money)
    }
    enum Refusal: DomainError, Equatable {
        case onlyOpenTabsTakeDrinks

        var rule: Rule { "only-open-tabs-take-drinks" }
    }

    static let kind = "tab"
    let id: ID<Tag>
    var version = Version.new
    private(set) var drinks: [Money] = []
    private(set) var isOpen = true

    init?(_ first: Event) {
        guard case .opened(let id) = first else { return nil }
        self.id = id
    }

    mutating func drink(for price: Money) throws(Refusal) -> [Event] {
        guard isOpen else { throw .onlyOpenTabsTakeDrinks }
        return happened(.drunk(price))
    }

    mutating func pay() throws(MoneyError) -> [Event] {
        var sum = Money.zero
        for drink in drinks { sum = try sum + drink }
        return happened(.paid(sum))
    }

    mutating func apply(_ event: Event) {
        switch event {
        case .opened: break
        case .drunk(let price): drinks.append(price)
        case .paid: isOpen = false
        }
    }

    private mutating func happened(_ event: Event) -> [Event] {
        apply(event)
        return [event]
    }
}

@Suite struct `An aggregate` {
    private let id = ID<Tab.Tag>(UUID(high: 1, low: 2))
    private let beer = Money(hundredths: 450)

    @Test func `tells what happened when it does something`() throws {
        var tab = try #require(Tab(.opened(id)))
        #expect(try tab.drink(for: beer) == [.drunk(beer)])
        #expect(try tab.drink(for: beer) == [.drunk(beer)])
        #expect(try tab.pay() == [.paid(Money(hundredths: 900))])
    }

    @Test func `throws the rule and stays as it was`() throws {
        var tab = try #require(Tab(replaying: [.opened(id), .paid(.zero)]))
        let before = tab
        let error = #expect(throws: Tab.Refusal.onlyOpenTabsTakeDrinks) { try tab.drink(for: beer) }
        #expect(error?.rule.description == "only-open-tabs-take-drinks")
        #expect(tab == before)
    }

    @Test func `is what its events made of it, at the version that they count`() throws {
        var tab = try #require(Tab(.opened(id)))
        let events = try [.opened(id)] + tab.drink(for: beer) + tab.pay()
        let replayed = try #require(Tab(replaying: events))
        #expect(replayed.version == Version(3))
        tab.version = replayed.version
        #expect(replayed == tab)
    }

    @Test func `does not come of no events, nor of the middle of a life`() {
        #expect(Tab(replaying: []) == nil)
        #expect(Tab(replaying: [.drunk(beer)]) == nil)
    }

    @Test func `is named in what goes wrong with it`() {
        #expect("\(NotFound(Tab.kind, id))" == "no tab \(id)")
        #expect("\(VersionConflict(Tab.kind, id, expected: Version(4)))" == "tab \(id) is no longer at version 4")
    }
}
