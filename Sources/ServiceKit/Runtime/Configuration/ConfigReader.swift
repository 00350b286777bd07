/// Reads settings; a setting is declared where it is read, once:
///
///     init(_ env: inout ConfigReader) {
///         env.section("Quotes")
///         ttl = env("QUOTE_TTL", .duration(.zero ... .seconds(3600)), default: .seconds(30), help: "Age of a quote")
///     }
///
/// A bad value is noted and the default returned, so that reading goes on; `check()` then throws every problem at once.
package struct ConfigReader {
    package let sources: ConfigSources
    package private(set) var settings: [Setting] = []
    private var problems: [String]
    private var advice: [String] = []
    private var section = "General"

    package init(_ sources: ConfigSources) {
        self.sources = sources
        problems = sources.dotEnv.problems
    }

    /// The heading under which the following settings are listed. Returns the one before.
    @discardableResult
    package mutating func section(_ title: String) -> String {
        defer { section = title }
        return section
    }

    package mutating func callAsFunction<Value>(
        _ name: String, _ kind: Kind<Value>, aliases: [String] = [], default fallback: Value,
        describedDefault: String? = nil, family: String? = nil, help: String
    ) -> Value {
        let declaration = declare(name, kind, aliases, describedDefault, family, help)
        return read(declaration, kind, shownFallback: kind.format(fallback)) ?? fallback
    }

    /// A setting that may well be absent.
    package mutating func optional<Value>(
        _ name: String, _ kind: Kind<Value>, aliases: [String] = [], describedDefault: String? = nil,
        family: String? = nil, help: String
    ) -> Value? {
        read(declare(name, kind, aliases, describedDefault, family, help), kind, shownFallback: "")
    }

    /// For rules that span settings, such as what production demands.
    package mutating func refuse(_ name: String, because reason: String) {
        note("\(name): \(reason)")
    }

    /// For what is allowed and still worth a word at every start.
    package mutating func warn(_ words: String) {
        if !advice.contains(words) { advice.append(words) }
    }

    /// Whether somebody chose the value of a setting that has been read.
    package func isSet(_ name: String) -> Bool {
        settings.contains { $0.name == name && $0.origin != .default }
    }

    package func check() throws(ConfigError) {
        guard problems.isEmpty else { throw ConfigError(lines: problems) }
    }

    /// What was warned of, and variables that nobody reads but that look like a slip of the pen for one that is read.
    package var warnings: [String] {
        let known = Set(settings.flatMap(\.declaration.names))
        let present = Set(sources.environment.keys).union(sources.dotEnv.entries.keys)
        return advice
            + present.subtracting(known).sorted().compactMap { name in
                nearest(to: name, among: known).map { "\(name) is not a setting; is \($0) meant?" }
            }
    }

    private func declare<Value>(
        _ name: String, _ kind: Kind<Value>, _ aliases: [String], _ describedDefault: String?, _ family: String?,
        _ help: String
    ) -> Setting.Declaration {
        Setting.Declaration(
            name: name, aliases: aliases, section: section, expectation: kind.expectation, help: help,
            describedDefault: describedDefault, isSecret: kind.isSecret, family: family)
    }

    private mutating func read<Value>(
        _ declaration: Setting.Declaration, _ kind: Kind<Value>, shownFallback: String
    ) -> Value? {
        guard let found = sources.find(declaration.names, exactly: kind.isSecret) else {
            record(Setting(declaration, value: shownFallback, fallback: shownFallback))
            return nil
        }
        let value = kind.parse(found.text)
        let shown = value.map(kind.format) ?? printable(kind.redact(found.text))
        let setting = Setting(declaration, value: shown, fallback: shownFallback, found)
        record(setting)
        if value == nil {
            note("\(setting.name)=\"\(shown)\" (\(setting.originText)): must be \(kind.expectation)")
        }
        return value
    }

    /// Two services in one program may read the same setting, but they must mean the same by it.
    private mutating func record(_ setting: Setting) {
        guard let known = settings.first(where: { $0.name == setting.name }) else { return settings.append(setting) }
        if known.declaration != setting.declaration {
            note(
                "\(setting.name) is declared twice, differently (\(known.declaration.section), \(setting.declaration.section))"
            )
        }
    }

    private mutating func note(_ problem: String) {
        if !problems.contains(problem) { problems.append(problem) }
    }
}

/// Rejected input as it may be shown: on one line, whatever it holds, and not too long.
func printable(_ text: String) -> String {
    let scalars = text.unicodeScalars.prefix(80).map { scalar in
        scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return scalars.joined() + (text.unicodeScalars.count > 80 ? "…" : "")
}
