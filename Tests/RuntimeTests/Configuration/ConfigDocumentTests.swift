import Foundation
import Testing
import TradewindRuntime

@Suite struct `The page docs/configuration.md, and .env.example,` {
    private func generated(_ sources: ConfigSources, hosting services: [HostedService]) -> [String] {
        var env = ConfigReader(sources)
        _ = PlatformConfig(&env, hosting: services)
        return [env.markdown, env.example]
    }

    private let orders = HostedService("orders", port: 3002, schema: [])
    private let users = HostedService("users", port: 3001)

    @Test func `are the same on every machine, in every environment and for every set of services`() {
        let here = generated(ConfigSources(cores: 2), hosting: [orders])
        let there = generated(
            ConfigSources(["PORT": "1", "LOG_LEVEL": "debug"], cores: 64, onTerminal: true), hosting: [users, orders])
        #expect(here == there)
    }

    @Test func `name the defaults: whoever uncomments them changes nothing`() throws {
        let example = generated(ConfigSources(cores: 2), hosting: [orders])[1]
        let lines = example.split(separator: "\n").map {
            $0.hasPrefix("# ") || $0.hasPrefix("#<") ? $0 : $0.dropFirst()
        }
        var env = ConfigReader(ConfigSources(dotEnv: DotEnv(lines.joined(separator: "\n")), cores: 2))
        _ = PlatformConfig(&env, hosting: [orders])
        try env.check()
        var bare = ConfigReader(ConfigSources(cores: 2))
        _ = PlatformConfig(&bare, hosting: [orders])
        #expect(env.settings.map(\.value) == bare.settings.map(\.value))
        #expect(env.settings.contains { $0.originText.hasPrefix(".env line") })
    }
}
