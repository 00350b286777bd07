/// The settings that every program of the platform has, whatever services it hosts.
package struct PlatformConfig: Sendable {
    package let app: AppConfig
    package let listen: ListenConfig
    package let http: HTTPConfig
    package let security: SecurityConfig
    package let log: LogConfig
    package let database: DatabaseConfig

    /// `services` are those this program hosts. The front one is moved by `PORT`: the gateway when there are several.
    package init(_ env: inout ConfigReader, hosting services: [HostedService], program: String = "tradewind") {
        app = AppConfig(&env, defaultName: services.count == 1 ? services[0].name : program)
        listen = ListenConfig(&env, hosting: services)
        http = HTTPConfig(&env, app)
        security = SecurityConfig(&env, app)
        log = LogConfig(&env)
        database = DatabaseConfig(&env, hosting: services)
    }
}

package enum AppEnvironment: String, CaseIterable, Sendable { case development, test, production }

package struct AppConfig: Sendable {
    package let environment: AppEnvironment
    package let serviceName: String

    package init(_ env: inout ConfigReader, defaultName: String) {
        env.section("Application")
        environment = env(
            "APP_ENV", .choice, aliases: ["NODE_ENV"], default: .development,
            help: "`production` demands real secrets and turns authentication on; `test` is as `development`")
        serviceName = env(
            "SERVICE_NAME", .text, default: defaultName, describedDefault: "the service's name",
            help: "Label on logs, metrics and traces")
    }
}

package enum LogLevel: String, CaseIterable, Sendable { case trace, debug, info, warning, error }
package enum LogFormat: String, CaseIterable, Sendable { case json, text }

package struct LogConfig: Sendable {
    package let level: LogLevel
    package let format: LogFormat

    package init(_ env: inout ConfigReader) {
        env.section("Logs")
        level = env("LOG_LEVEL", .choice, default: .info, help: "The least level that is written")
        format = env(
            "LOG_FORMAT", .choice, default: env.sources.onTerminal ? .text : .json,
            describedDefault: "`json`, `text` on a terminal", help: "One JSON object a line, or text for people")
    }
}
