import TradewindDomain
import TradewindMessaging
import TradewindPersistence
import TradewindRepositories
import TradewindRuntime

enum CarTag {}
typealias CarID = ID<CarTag>

enum CarError: DomainError, Equatable {
    case plateIsTaken(String)
    case soldCarsStaySold
    var rule: Rule {
        switch self {
        case .plateIsTaken: "plate-is-taken"
        case .soldCarsStaySold: "sold-cars-stay-sold"
        }
    }
}

/// Kept as a row.
struct Car: Aggregate, Equatable {
    enum Event: DomainEvent, Codable, Equatable { case bought(plate: String), painted(String), sold }
    static let kind = "car"
    let id: CarID
    var version = Version.new
    let plate: String
    private(set) var colour = "grey", isSold = false

    init(_ id: CarID, plate: String) { (self.id, self.plate) = (id, plate) }

    mutating func paint(_ colour: String) throws(CarError) -> [Event] {
        if isSold { throw .soldCarsStaySold }
        if colour == self.colour { return [] }
        self.colour = colour
        return [.painted(colour)]
    }

    mutating func sell() throws(CarError) -> [Event] {
        if isSold { throw .soldCarsStaySold }
        isSold = true
        return [.sold]
    }

    static let table = AggregateTable<Car>(
        select: { "SELECT id, version, plate, colour, is_sold FROM cars WHERE id = \($0.raw)" },
        read: { row in
            var car = Car(CarID(try row.decode(0)), plate: try row.decode(2))
            car.version = Version(try row.decode(1))
            (car.colour, car.isSold) = (try row.decode(3), try row.decode(4))
            return car
        },
        insert: { car in
            """
            INSERT INTO cars (id, version, plate, colour, is_sold)
            VALUES (\(car.id.raw), \(car.version.number), \(car.plate), \(car.colour), \(car.isSold))
            """
        },
        update: { car in
            """
            UPDATE cars SET version = \(car.version.number), colour = \(car.colour), is_sold = \(car.isSold)
            WHERE id = \(car.id.raw)
            """
        },
        conflicts: { ["cars_plate_key": CarError.plateIsTaken($0.plate)] })

    static let migrations = MigrationSet(
        "garage",
        [
            Migration(
                1, "cars",
                """
                CREATE TABLE cars (
                    id uuid PRIMARY KEY, version bigint NOT NULL, plate text NOT NULL, colour text NOT NULL,
                    is_sold boolean NOT NULL, CONSTRAINT cars_plate_key UNIQUE (plate))
                """),
            Migration(2, "colours", "CREATE TABLE colours (lorry uuid PRIMARY KEY, colour text NOT NULL)"),
        ])
}

/// Kept as what happened to it.
struct Lorry: EventSourced, Codable, Equatable {
    typealias Event = Car.Event
    typealias Tag = CarTag
    static let kind = "lorry"
    let id: CarID
    var version = Version.new
    private(set) var colours: [String] = [], isSold = false

    private enum CodingKeys: CodingKey { case id, colours, isSold }

    static let id = CarID(UUID(high: 1, low: 2))

    init?(_ first: Event) {
        guard case .bought = first else { return nil }
        id = Self.id
    }

    mutating func apply(_ event: Event) {
        switch event {
        case .bought: break
        case .painted(let colour): colours.append(colour)
        case .sold: isSold = true
        }
    }

    mutating func paint(_ colour: String) throws(CarError) -> [Event] {
        if isSold { throw .soldCarsStaySold }
        apply(.painted(colour))
        return [.painted(colour)]
    }
}

/// The colour that each lorry has now.
struct Colours: Projection {
    typealias Source = Lorry
    let reset: [SQL] = ["DELETE FROM colours"]

    func statements(for entry: EventEntry<Lorry>) -> [SQL] {
        guard case .painted(let colour) = entry.event else { return [] }
        return [
            """
            INSERT INTO colours (lorry, colour) VALUES (\(entry.id.raw), \(colour))
            ON CONFLICT (lorry) DO UPDATE SET colour = excluded.colour
            """
        ]
    }
}

struct Garage: Sendable {
    let database: any Database
    let work: DatabaseWork
    let lorries = EventStore<Lorry>([Colours()], snapshotEvery: 10)

    init(_ database: any Database) async throws {
        self.database = database
        work = DatabaseWork(database, source: "garage", clockwork: .live, bell: Bell())
        for set in [MigrationSet.messaging(), .eventStore(), Car.migrations] {
            try await Migrator(database).migrate(set, at: Clockwork.live.now())
        }
    }

    func buy(_ plate: String) async throws -> CarID {
        let car = Car(Clockwork.live.newID(), plate: plate)
        try await work { try $0.add(car, to: Car.table) }
        return car.id
    }

    func car(_ id: CarID) async throws -> Car {
        try await work { try await $0.update(id, in: Car.table) { _ in [] }.aggregate }
    }

    func colour() async throws -> String? { try await database.query("SELECT colour FROM colours").first?.decode(0) }
}
