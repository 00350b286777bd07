extension Command {
    /// `config`: prints every setting. `read` declares all that the program has, by reading it.
    package static func config(_ read: @escaping @Sendable () -> ConfigReader) -> Command {
        Command(
            "config", help: "Prints every setting, its value, where it came from and its default; secrets masked",
            { $0.flag("markdown", help: "Prints docs/configuration.md instead") },
            action: { asMarkdown in
                let env = read()
                if asMarkdown { return print(env.markdown, terminator: "") }
                print(env.listing, terminator: "")
                try env.check()
            })
    }
}
