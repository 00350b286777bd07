import Foundation
import Testing
import TradewindRuntime

@Suite struct `The page docs/configuration.md` {
    private func generated(_ sources: ConfigSources, hosting services: [HostedService]) -> String {
        var env = ConfigReader(sources)
        _ = PlatformConfig(&env, hosting: services)
        return env.markdown
    }

    private let orders = HostedService("orders", port: 3002, schema: [])
    private let users = HostedService("users", port: 3001)

    @Test func `is the same on every machine, in every environment and for every set of services`() {
        let here = generated(ConfigSources(cores: 2), hosting: [orders])
        let there = generated(
            ConfigSources(["PORT": "1", "LOG_LEVEL": "debug"], cores: 64, onTerminal: true), hosting: [users, orders])
        #expect(here == there)
    }
}
