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

    /// `compose` builds the services into the host; it is the composition root.
    package init(
        _ name: String, help: String, hosting services: [HostedService],
        compose: @escaping @Sendable (borrowing Host) throws -> Void
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

    private var command: Command {
        let settings = { @Sendable in
            var env = ConfigReader(.process())
            _ = PlatformConfig(&env, hosting: services, program: name)
            return env
        }
        return Command(name, help: help, { _ in }, commands: [.config(settings)]) { try await serve() }
    }

    private func serve() async throws {
        var env = ConfigReader(.process())
        let config = PlatformConfig(&env, hosting: services, program: name)
        for warning in env.warnings { Console.complain("\(name): \(warning)") }
        try env.check()
        let loops = try EventLoopGroup(count: config.listen.workers)
        defer { loops.shutDown() }
        let observability = Observability(config, loops: loops.loops)
        defer { observability.close() }
        let host = try await Host(config, loops: loops, settings: env.settings, observability: observability)
        try compose(host)
        try await host.run(drain: config.http.shutdownGrace)
    }
}
