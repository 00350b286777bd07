internal import Glibc
internal import TradewindReactor

/// A program that hosts services: what its `main.swift` says. Reads the command line and the settings, starts the parts
/// in order, stops them in reverse, and ends the process with the right code.
package struct Program: Sendable {
    package static let version = "0.1.0"

    private let name: String
    private let help: String
    private let services: [HostedService]
    private let compose: @Sendable (borrowing Host) throws -> Void

    /// - Parameter compose: adds to the host what its services do not compose themselves.
    package init(
        _ name: String, help: String, hosting services: [HostedService],
        compose: @escaping @Sendable (borrowing Host) throws -> Void = { _ in }
    ) {
        (self.name, self.help, self.services, self.compose) = (name, help, services, compose)
    }

    /// Runs the program and ends the process. Called first thing in `main.swift`, on the main thread, which then waits:
    /// as the first thread it decides the signal mask that all others inherit.
    package func main() -> Never {
        Signals.block()
        SystemLimits.raiseDescriptors()
        Task { exit(await run(Array(CommandLine.arguments.dropFirst())).rawValue) }
        while true { pause() }
    }

    private func run(_ arguments: [String]) async -> ExitCode {
        do {
            switch try command.parse(arguments, version: Self.version) {
            case .print(let text): Console.say(text)
            case .run(let action): try await action()
            }
            return .success
        } catch let failure as any ProgramFailure {
            for line in failure.lines { Console.complain("\(name): \(line)") }
            return failure.exitCode
        } catch {
            Console.complain("\(name): \(error)")
            return .software
        }
    }

    private var command: ConsoleCommand {
        let config = { @Sendable () throws -> PlatformConfig in
            var env = ConfigReader(.process())
            let config = PlatformConfig(&env, hosting: services, program: name)
            try env.check()
            return config
        }
        let desk = StorageDesk(hosted: services) { try config().database }
        let seed = ConsoleCommand.seed(desk) { try config().app.environment == .production }
        return ConsoleCommand(
            name, help: help, { HostingOptions(&$0) },
            commands: [
                .config(settings), .migrate(desk), .outbox(desk),
                .deadLetters(DeadLetterDesk(hosted: services, settings: config)), seed,
            ]
                + services.flatMap { service in
                    service.commands.map { $0(ServiceDesk(desk: desk, service: service)) }
                }
        ) { options in try await serve(try options.chosen(from: services)) }
    }

    /// All settings, of the services of this program or, for the documentation, of any.
    private func settings(ofAnyProgram: Bool) -> ConfigReader {
        var env = ConfigReader(.process())
        let services = ofAnyProgram ? [HostedService("example", port: 0, schema: [])] : services
        _ = PlatformConfig(&env, hosting: services, program: name)
        for service in self.services { _ = service.declared(&env) }
        return env
    }

    private func serve(_ services: [HostedService]) async throws {
        var env = ConfigReader(.process())
        let config = PlatformConfig(&env, hosting: services, program: name)
        let compositions = services.map { (service: $0, compose: $0.declared(&env)) }
        for warning in env.warnings { Console.complain("\(name): \(warning)") }
        try env.check()
        let loops = try EventLoopGroup(count: config.listen.workers)
        defer { loops.shutDown() }
        let observability = Observability(config, loops: loops.loops)
        defer { observability.close() }
        let host = try await Host(config, loops: loops, settings: env.settings, observability: observability)
        for (service, compose) in compositions { try compose(ServiceHost(host: host, service: service)) }
        try compose(host)
        try await host.run(drain: config.http.shutdownGrace)
    }
}

/// Which of its services a program runs.
private struct HostingOptions: Sendable {
    private let names: [String]

    init(_ args: inout ArgumentReader) {
        names = args(
            "services", .list(.text), default: [], shownAs: "NAMES",
            help: "Runs only these of its services, comma separated (default: all)")
    }

    func chosen(from services: [HostedService]) throws(UsageError) -> [HostedService] {
        for name in names where !services.contains(where: { $0.name == name }) {
            let known = services.map(\.name).joined(separator: ", ")
            throw UsageError(lines: ["--services: there is no \"\(printable(name))\"; there are \(known)"])
        }
        return names.isEmpty ? services : services.filter { names.contains($0.name) }
    }
}

extension HostedService {
    fileprivate func declared(_ env: inout ConfigReader) -> Composition {
        env.section("Service \(name)")
        return declare(&env)
    }
}
