/// The settings that every program of the platform has, whatever services it hosts.
package struct PlatformConfig: Sendable {
    package let app: AppConfig
    package let listen: ListenConfig
    package let http: HTTPConfig
    package let security: SecurityConfig
    package let log: LogConfig
    package let database: DatabaseConfig
    package let messaging: MessagingConfig
    package let tracing: TracingConfig

    /// `services` are those this program hosts. The front one is moved by `PORT`: the gateway when there are several.
    package init(_ env: inout ConfigReader, hosting services: [HostedService], program: String = "tradewind") {
        app = AppConfig(&env, defaultName: services.count == 1 ? services[0].name : program)
        listen = ListenConfig(&env, hosting: services)
        http = HTTPConfig(&env, app)
        security = SecurityConfig(&env, app)
        log = LogConfig(&env)
        messaging = MessagingConfig(&env, program: program)
        let stores = services.contains { $0.schema != nil } ? messaging.stores : []
        database = DatabaseConfig(&env, hosting: services + stores)
        tracing = TracingConfig(&env)
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
