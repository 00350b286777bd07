import TradewindRuntime

/// Reads one setting named X, as a service would.
func read<Value>(_ text: String, as kind: Kind<Value>) throws(ConfigError) -> Value? {
    var env = ConfigReader(ConfigSources(["X": text]))
    let value = env.optional("X", kind, help: "")
    try env.check()
    return value
}

func problems(_ sources: ConfigSources, _ declare: (inout ConfigReader) -> Void) -> [String] {
    var env = ConfigReader(sources)
    declare(&env)
    do throws(ConfigError) {
        try env.check()
        return []
    } catch {
        return error.lines
    }
}

extension ConfigReader {
    func setting(_ name: String) -> Setting? { settings.first { $0.name == name } }
}
