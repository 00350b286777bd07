package import TradewindHTTPClient
package import TradewindRuntime

package struct GatewaySettings: Sendable {
    /// Where the settings say that each service is.
    private(set) var addresses: [Backend: ServiceAddress] = [:]
    package var origins: [Backend: [Origin]] = [:]
    package var connectTimeout = Duration.seconds(2)
    /// Less than what our own clients are kept waiting for, so that they hear who was slow.
    package var responseTimeout = Duration.seconds(25)
    package var healthInterval = Duration.seconds(2)
    package var trustsForwarded = false
    /// For answers that may be given again.
    package var cacheRoom = ByteSize.mebibytes(16)
    private(set) var frontend: String?

    package init() {}

    package init(_ env: inout ConfigReader) {
        for backend in Backend.allCases {
            addresses[backend] = env.address(of: backend.rawValue, port: backend.port)
        }
        connectTimeout = env(
            "GATEWAY_CONNECT_TIMEOUT", .duration(.milliseconds(1) ... .seconds(60)), default: connectTimeout,
            help: "For a connection to a service; then 504")
        responseTimeout = env(
            "GATEWAY_RESPONSE_TIMEOUT", .duration(.milliseconds(1) ... .seconds(3600)), default: responseTimeout,
            help: "For a service to begin its answer; then 504")
        healthInterval = env(
            "GATEWAY_HEALTH_INTERVAL", .duration(.milliseconds(10) ... .seconds(3600)), default: healthInterval,
            help: "How often each instance of a service is asked whether it lives")
        cacheRoom = env(
            "GATEWAY_CACHE", .byteSize(.bytes(0)...(.mebibytes(4096))), default: cacheRoom,
            help: "Memory for answers that their services allow to be given again; `0` keeps none")
        trustsForwarded = env(
            "GATEWAY_BEHIND_PROXY", .bool, default: false,
            help: "Whether a proxy stands in front, whose `X-Forwarded-*` tell the client's address and scheme")
        frontend = env.optional(
            "FRONTEND_DIR", .folder, describedDefault: "`frontend` in the working directory, else beside the program",
            help: "The dashboard's files")
    }

    /// Where the dashboard may lie.
    func frontends(beside program: String?) -> [String] {
        frontend.map { [$0] } ?? ["frontend"] + (program.map { ["\($0)/frontend"] } ?? [])
    }

    package var client: ClientSettings {
        var settings = ClientSettings()
        settings.timeouts.connect = connectTimeout
        settings.timeouts.firstByte = responseTimeout
        settings.limits.connections = 1024
        settings.limits.waiting = 4096
        return settings
    }
}
