package struct ListenConfig: Sendable {
    package let host: String
    package let workers: Int
    private let ports: [String: UInt16]
    private let offset: Int

    package init(_ env: inout ConfigReader, hosting services: [HostedService]) {
        env.section("Listening")
        host = env("HOST", .text, default: "127.0.0.1", help: "Address to listen on; `0.0.0.0` in containers")
        // A program of one service has no other that PORT could mean.
        let front = services.first { $0.isFront } ?? (services.count == 1 ? services.first : nil)
        let frontPort = env.optional(
            "PORT", .port, describedDefault: "the service's own port",
            help: "Port of the service; in `tradewind`, of the gateway; `0` takes a free one and prints it")
        let offset = env(
            "PORT_OFFSET", .int(-65535...65535), default: 0,
            help: "Added to every port but 0, so that a second copy of the system runs beside the first")
        var ports: [String: UInt16] = [:]
        for service in services {
            let variable = service.variable("PORT")
            let own = env(
                variable, .port, default: service.port, describedDefault: "the service's own port",
                family: "<NAME>_PORT",
                help: "Port of one service, stronger than `PORT`")
            let chosen = service.name == front?.name && !env.isSet(variable) ? frontPort ?? own : own
            let port = chosen == 0 ? 0 : Int(chosen) + offset
            if chosen != 0, !(1...65535).contains(port) {
                env.refuse("PORT_OFFSET", because: "moves \(service.name) from \(chosen) to \(port), which is no port")
            }
            if port == 0, let front, front.name != service.name {
                env.refuse(variable, because: "\(front.name) looks for \(service.name) at a port that is known before")
            }
            if port != 0, let other = services.first(where: { ports[$0.name].map(Int.init) == port }) {
                env.refuse(variable, because: "\(other.name) and \(service.name) would both listen on port \(port)")
            }
            ports[service.name] = UInt16(truncatingIfNeeded: port)
        }
        (self.ports, self.offset) = (ports, offset)
        workers = env(
            "WORKERS", .int(1...1024), default: min(env.sources.cores, 1024), describedDefault: "number of cores",
            help: "Event loops, each on a thread of its own")
    }

    /// Port 0 asks the system for a free one.
    package func port(of service: HostedService) -> UInt16 { ports[service.name] ?? service.port }

    /// Where a service listens that may be in another process: by its port of the table, moved as ours are.
    func port(ofServiceNamed name: String, by table: UInt16) -> UInt16 {
        ports[name] ?? UInt16(exactly: Int(table) + offset) ?? table
    }
}
