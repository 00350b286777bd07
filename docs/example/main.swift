import TradewindAPI
import TradewindCQRS
import TradewindDomain
import TradewindMessaging
import TradewindObservability
import TradewindPersistence
import TradewindRepositories
import TradewindRuntime
import UsersContracts

// A service in one file. `swift run guestbook`, and http://127.0.0.1:3010/api/docs shows and tries it; /metrics,
// /health and /internal/traces say how it is. What grows gets a folder for each part, as Sources/Services/Orders has.

struct GuestWrote: IntegrationEvent {
    static let name: EventName = "guest.wrote"
    let entry: UUID
    var subject: String { entry.description }
}
struct Entry: Codable { let id: UUID, text: String }
extension Entry: RowReadable { init(_ row: Row) throws { self.init(id: try row.decode(0), text: try row.decode(1)) } }
struct Sign: Command, Decodable, Described {
    typealias Result = Entry
    let text: String
    var access: Access { .signedIn }
    static var schema: Schema { Schema(of: Self.self).with("text", .text(1...200)) }
    func validated() throws(Violations) -> Sign {
        var check = Validation()
        check.require(1...200 ~= text.unicodeScalars.count, .length, "must have 1 to 200 characters", at: "text")
        try check.done()
        return self
    }
}
struct SignHandler: CommandHandler {
    typealias Handled = Sign
    let clockwork: Clockwork
    func callAsFunction(_ sign: Sign, in work: Work, for request: RequestContext) async throws -> Entry {
        let entry = Entry(id: clockwork.newUUID(), text: sign.text)
        work.write("INSERT INTO entries (id, text) VALUES (\(entry.id), \(entry.text))")  // commits with the event
        try work.publish(GuestWrote(entry: entry.id), for: request)
        return entry
    }
}
struct Latest: Query {
    typealias Result = [Entry]
    var access: Access { .anyone }
}
struct LatestHandler: QueryHandler {
    typealias Handled = Latest
    let database: any Database
    func callAsFunction(_ query: Latest, for request: RequestContext) async throws -> [Entry] {
        try await database.query("SELECT id, text FROM entries ORDER BY id DESC LIMIT 50").decode()
    }
}
let table = Migration(1, "entries", "CREATE TABLE entries (id uuid PRIMARY KEY, text text NOT NULL)")
let guestbook = HostedService(
    "guestbook", port: 3010, schema: [MigrationSet("guestbook", [table])], listensTo: [UserCreated.self]
) { _ in
    { host in
        let store = try host.store(), greeted = host.metrics.counter("guests_greeted_total", "Users it has heard of")
        let commands = try host.commands(on: store, for: [Sign.self]) { SignHandler(clockwork: host.clockwork) }
        let queries = try host.queries(for: [Latest.self]) { LatestHandler(database: store.database) }
        let greet = Subscription.reaction(to: UserCreated.self, by: "guestbook", in: store.work) { user, work, _ in
            work.write("INSERT INTO entries (id, text) VALUES (\(user.userId), \(user.name + " is new here"))")
            greeted.add()
        }
        try host.consume([greet])
        host.check(HealthCheck("ink") { try await store.database.ping() })
        let api = API("Guest book", "Who was here") {
            Endpoint.get("/api/entries", "The latest", access: .anyone, gives: .ok([Entry].self)) {
                try await queries.ask(Latest(), $0.context)
            }
            Endpoint.post("/api/entries", "Sign", access: .signedIn, takes: Sign.self, gives: .accepted(Entry.self)) {
                try await commands.send($0, $1.context)
            }
        }
        try host.serve(api)
    }
}
Program("guestbook", help: "Keeps a guest book.", hosting: [guestbook]).main()
