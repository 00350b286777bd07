package import TradewindObservability

package struct LogConfig: Sendable {
    package let level: LogLevel
    package let format: LogFormat
    package let hasColour: Bool

    package init(_ env: inout ConfigReader) {
        env.section("Logs")
        level = env("LOG_LEVEL", .choice, default: .info, help: "The least level that is written")
        format = env(
            "LOG_FORMAT", .choice, default: env.sources.onTerminal ? .text : .json,
            describedDefault: "`json`, `text` on a terminal", help: "One JSON object a line, or text for people")
        hasColour = env.sources.onTerminal
    }
}

package struct TracingConfig: Sendable {
    package enum Form: String, CaseIterable, Sendable { case protobuf, json }

    /// Without it nothing is exported; the latest traces are in memory all the same.
    package let endpoint: String?
    package let form: Form
    package let ratio: Double

    package init(_ env: inout ConfigReader) {
        env.section("Traces")
        endpoint = env.optional(
            "OTEL_EXPORTER_OTLP_ENDPOINT", .url("http", "https"), aliases: ["JAEGER_ENDPOINT"],
            describedDefault: "off", help: "Collector that takes OTLP over HTTP, such as http://localhost:4318")
        form = env(
            "OTLP_FORM", .choice, default: .protobuf, help: "How spans are sent to the collector")
        ratio = env(
            "OTEL_TRACES_SAMPLER_ARG", .ratio, default: 1,
            help: "Share of the requests that are traced; those that arrive with a trace say it themselves")
    }
}
