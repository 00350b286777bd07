/// Where settings come from: the process environment first, then a `.env` file; and the two facts about the machine
/// that defaults depend on. A value, so that tests state a whole environment in one line.
package struct ConfigSources: Sendable {
    var environment: [String: String]
    var dotEnv: DotEnv
    var cores: Int
    var onTerminal: Bool

    package init(
        _ environment: [String: String] = [:], dotEnv: DotEnv? = nil, cores: Int = 1, onTerminal: Bool = false
    ) {
        self.environment = environment
        self.dotEnv = dotEnv ?? .none
        self.cores = cores
        self.onTerminal = onTerminal
    }

    /// What this process was started with; the only place that asks the operating system.
    package static func process(dotEnvFile: String = ".env") -> Self {
        let machine = Machine()
        let dotEnv: DotEnv =
            switch machine.read(dotEnvFile) {
            case .absent: .none
            case .unreadable: DotEnv(unreadable: dotEnvFile)
            case .text(let text): DotEnv(text, file: dotEnvFile)
            }
        return Self(machine.environment(), dotEnv: dotEnv, cores: machine.cores, onTerminal: machine.onTerminal)
    }

    enum Origin: Hashable, Sendable { case environment, dotEnv(line: Int), `default` }
    struct Found: Sendable { let text: String, name: String, origin: Origin }

    /// The environment wins over `.env`, there as here the first name over its aliases. An empty value means "not set",
    /// yet an empty one in the environment still hides the file, so that a single start can go back to the default.
    /// Blanks around a value are slips, except in a secret.
    func find(_ names: [String], exactly: Bool) -> Found? {
        func found(_ text: String, _ name: String, _ origin: Origin) -> Found? {
            let text = exactly ? text : text.trimmed
            return text.isEmpty ? nil : Found(text: text, name: name, origin: origin)
        }
        if names.contains(where: { environment[$0] != nil }) {
            return names.lazy.compactMap { name in environment[name].flatMap { found($0, name, .environment) } }.first
        }
        return names.lazy.compactMap { name in
            dotEnv.entries[name].flatMap { found($0.value, name, .dotEnv(line: $0.line)) }
        }.first
    }
}
