extension ConsoleCommand {
    /// `config`: prints every setting. `read` declares all that the program has, by reading it; for the documentation,
    /// which is the same for all, all that any program has.
    package static func config(_ read: @escaping @Sendable (_ ofAnyProgram: Bool) -> ConfigReader) -> ConsoleCommand {
        ConsoleCommand(
            "config", help: "Prints every setting, its value, where it came from and its default; secrets masked",
            { $0.flag("markdown", help: "Prints docs/configuration.md instead") },
            action: { asMarkdown in
                let env = read(asMarkdown)
                if asMarkdown { return print(env.markdown, terminator: "") }
                print(env.listing, terminator: "")
                try env.check()
            })
    }
}
