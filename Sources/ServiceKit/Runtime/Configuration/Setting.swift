/// One setting as it was declared, what it holds now and where that came from. Secrets are masked before they get here.
package struct Setting: Sendable {
    struct Declaration: Equatable, Sendable {
        let name: String, aliases: [String], section: String, expectation: String, help: String
        /// In words, when the default depends on the machine or the service: `number of cores`.
        let describedDefault: String?
        let isSecret: Bool
        /// How the documentation names a family of settings, one for each service: `<NAME>_PORT`.
        let family: String?

        var names: [String] { [name] + aliases }
    }

    let declaration: Declaration
    package let value: String
    package let fallback: String
    let origin: ConfigSources.Origin
    /// The name that was found, which may be an alias.
    let foundAs: String

    init(_ declaration: Declaration, value: String, fallback: String, _ found: ConfigSources.Found? = nil) {
        self.declaration = declaration
        self.value = value
        self.fallback = fallback
        origin = found?.origin ?? .default
        foundAs = found?.name ?? declaration.name
    }

    package var name: String { declaration.name }
    package var help: String { declaration.help }
    package var isSecret: Bool { declaration.isSecret }

    /// `environment`, `.env line 3`, `default`, `environment as NODE_ENV`.
    package var originText: String {
        let place =
            switch origin {
            case .environment: "environment"
            case .dotEnv(let line): ".env line \(line)"
            case .default: "default"
            }
        return foundAs == name ? place : "\(place) as \(foundAs)"
    }
}

/// Every problem of a configuration, so that one start is enough to learn them all.
package struct ConfigError: ProgramFailure, Equatable {
    package let lines: [String]
    package init(lines: [String]) { self.lines = lines }
    package var exitCode: ExitCode { .configuration }
}
