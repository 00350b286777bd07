/// Where one of our services is found by another: at the addresses of a setting, or at its port of the port table.
package struct ServiceAddress: Sendable {
    package let name: String, port: UInt16
    let chosen: [String]?
}

extension ConfigReader {
    /// `USER_SERVICE_URL` for users; declared here, so that all who ask mean the same by it.
    package mutating func address(of service: String, port: UInt16) -> ServiceAddress {
        let singular = service.hasSuffix("s") ? String(service.dropLast()) : service
        let variable = singular.uppercased().replacing("-", with: "_") + "_SERVICE_URL"
        let title = section("Other services")
        defer { section(title) }
        let chosen = optional(
            variable, .list(.url("http", "https")), describedDefault: "its port of the port table, here",
            family: "<NAME>_SERVICE_URL", help: "Where a service is found; of several, comma separated, all are used")
        return ServiceAddress(name: service, port: port, chosen: chosen)
    }
}

extension ListenConfig {
    /// At least one. What listens on every address of this machine is found on its own.
    package func urls(of service: ServiceAddress) -> [String] {
        if let chosen = service.chosen, !chosen.isEmpty { return chosen }
        let here = ["0.0.0.0", "::"].contains(host) ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host
        return ["http://\(here):\(port(ofServiceNamed: service.name, by: service.port))"]
    }
}
