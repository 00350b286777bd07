import Testing
import TradewindObservability
import TradewindRuntime

private let orders = HostedService("orders", port: 3002)
private let users = HostedService("users", port: 3001)
private let gateway = HostedService("gateway", port: 3005, isFront: true)

private func config(_ environment: [String: String], hosting services: [HostedService]) throws -> PlatformConfig {
    var env = ConfigReader(ConfigSources(environment, cores: 4))
    let config = PlatformConfig(&env, hosting: services)
    try env.check()
    return config
}

@Suite struct `The settings of the platform` {
    @Test func `need nothing to be set`() throws {
        let config = try config([:], hosting: [orders])
        #expect(config.app.environment == .development)
        #expect(config.app.serviceName == "orders")
        #expect(config.listen.host == "127.0.0.1")
        #expect(config.listen.workers == 4)
        #expect(config.http.maxHead == .kibibytes(16))
        #expect(config.http.idleTimeout == .seconds(75))
        #expect(config.http.basePath == "/")
        #expect(config.log.level == .info)
    }

    @Test(
        arguments: [
            ([:], [3002, 3005]),
            (["PORT": "8080"], [3002, 8080]),
            (["ORDERS_PORT": "4000"], [4000, 3005]),
            (["PORT": "8080", "GATEWAY_PORT": "9090"], [3002, 9090]),
            (["PORT_OFFSET": "1000"], [4002, 4005]),
            (["PORT_OFFSET": "1000", "PORT": "8080"], [4002, 9080]),
            (["PORT": "0", "PORT_OFFSET": "1000"], [4002, 0]),
            (["PORT_OFFSET": "-3000"], [2, 5]),
        ] as [([String: String], [UInt16])])
    func `move the ports of a program with many services`(environment: [String: String], ports: [UInt16]) throws {
        let config = try config(environment, hosting: [orders, gateway])
        #expect([orders, gateway].map(config.listen.port) == ports)
    }

    @Test(arguments: [("8080", 8080), ("0", 0)] as [(String, UInt16)])
    func `let PORT move the only service of a program`(text: String, port: UInt16) throws {
        #expect(try config(["PORT": text], hosting: [orders]).listen.port(of: orders) == port)
    }

    @Test func `refuse ports that clash or leave the range`() {
        let clash = ConfigError(lines: ["ORDERS_PORT: users and orders would both listen on port 3001"])
        #expect(throws: clash) { try config(["ORDERS_PORT": "3001"], hosting: [users, orders]) }
        let outside = ConfigError(lines: ["PORT_OFFSET: moves orders from 3002 to 65537, which is no port"])
        #expect(throws: outside) { try config(["PORT_OFFSET": "62535"], hosting: [orders]) }
        #expect(throws: ConfigError.self) { try config(["PORT_OFFSET": "-3002"], hosting: [orders]) }
        #expect(throws: Never.self) { try config(["ORDERS_PORT": "0", "USERS_PORT": "0"], hosting: [users, orders]) }
    }

    @Test func `refuse a free port for what the front of the program looks for`() {
        let unknown = ConfigError(lines: ["ORDERS_PORT: gateway looks for orders at a port that is known before"])
        #expect(throws: unknown) { try config(["ORDERS_PORT": "0", "PORT": "0"], hosting: [orders, gateway]) }
    }

    @Test func `open the API to every origin in development only`() throws {
        #expect(try config(["CORS_ORIGINS": "*"], hosting: []).http.corsOrigins == ["*"])
        #expect(throws: ConfigError(lines: ["CORS_ORIGINS: * is allowed in development only; list the origins"])) {
            let secret = String(repeating: "x", count: 32)
            let environment = ["NODE_ENV": "production", "JWT_SECRET": secret, "API_KEY": secret]
            return try config(
                environment.merging(["CORS_ORIGINS": "https://a.example,*"]) { $1 }, hosting: [])
        }
    }

    @Test(arguments: ["https://a.example", "http://localhost:3000", "http://[::1]:3000"])
    func `take an origin as browsers send it`(origin: String) throws {
        #expect(try config(["CORS_ORIGINS": origin], hosting: []).http.corsOrigins == [origin])
    }

    @Test(arguments: ["https://a.example/", "a.example", "https://", "ftp://a.example", "https://a.example/x", "null"])
    func `refuse an origin that could never match`(origin: String) {
        #expect(throws: ConfigError.self) { try config(["CORS_ORIGINS": origin], hosting: []) }
    }

    @Test(arguments: [("/", "/"), ("/shop", "/shop"), ("/shop/api/", "/shop/api"), ("//shop", "/shop")])
    func `know the base path without its last slash`(text: String, path: String) throws {
        #expect(try config(["PROXY_BASE_PATH": text], hosting: []).http.basePath == path)
    }

    @Test(arguments: ["shop", "/../etc", "/a?b", "/a#b", "/a b", "https://x/y"])
    func `refuse what is no base path`(text: String) {
        #expect(throws: ConfigError.self) { try config(["PROXY_BASE_PATH": text], hosting: []) }
    }

    @Test func `write logs for people on a terminal and for machines elsewhere`() {
        var terminal = ConfigReader(ConfigSources(onTerminal: true))
        var pipe = ConfigReader(ConfigSources(onTerminal: false))
        #expect(LogConfig(&terminal).format == .text)
        #expect(LogConfig(&pipe).format == .json)
    }
}
