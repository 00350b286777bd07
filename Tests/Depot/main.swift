import Glibc
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindMessaging
import TradewindPersistence
import TradewindRepositories
import TradewindRuntime

// A program for the tests in Tests/RuntimeTests/Storage: two services with a database each, and a broker that is a
// file. What stands in its working folder tells it to misbehave: `edited` changes a migration, `refuse` and `away` the
// broker.

func isThere(_ file: String) -> Bool { unsafe access(file, F_OK) == 0 }

struct ParcelStored: IntegrationEvent {
    static let name: EventName = "parcel.stored"
    let parcel: String
    var subject: String { parcel }
}

/// Appends the keys of events to the file `published`.
struct FileBroker: Publisher {
    func publish(
        _ events: [Envelope], late: @escaping @Sendable (Int) -> Void
    ) async -> [PublishResult] {
        if isThere("away") { return events.map { _ in .unavailable("nobody is there") } }
        return events.map { event in
            if isThere("refuse") { return .refused("not this one") }
            let file = unsafe open("published", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
            defer { close(file) }
            let line = Array("\(event.key)\n".utf8)
            return unsafe write(file, line, line.count) == line.count ? .acknowledged : .unavailable("the disk is full")
        }
    }
}

let parcels = MigrationSet(
    "orders",
    [
        Migration(
            1, "parcels",
            isThere("edited")
                ? "CREATE TABLE parcels (name text PRIMARY KEY)"
                : "CREATE TABLE parcels (name text PRIMARY KEY, weight bigint)")
    ])
let orders = HostedService("orders", port: 0, schema: [parcels])
let users = HostedService("users", port: 0, schema: [])
let hosted = isThere("alone") ? [orders] : [orders, users]

Program("depot", help: "Stores parcels.", hosting: hosted) { host in
    let store = try host.store(orders, publishingTo: FileBroker())
    if hosted.contains(where: { $0.name == users.name }) { _ = try host.store(users, publishingTo: FileBroker()) }
    try host.serve(
        orders,
        [
            .post("/parcels") { request in
                let name = String(decoding: try await request.body.collect(), as: UTF8.self)
                try await store.work { work in
                    work.write("INSERT INTO parcels (name) VALUES (\(name))")
                    let context = RequestContext(id: .given(request.id.description), caller: .anonymous)
                    try work.publish(ParcelStored(parcel: name), for: context)
                }
                return .text("stored")
            }
        ])
}.main()
