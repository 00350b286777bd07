extension ConsoleCommand {
    /// `config`: prints every setting. `read` declares all that the program has, by reading it; for the documentation,
    /// which is the same for all, all that any program has.
    package static func config(_ read: @escaping @Sendable (_ ofAnyProgram: Bool) -> ConfigReader) -> ConsoleCommand {
        ConsoleCommand(
            "config", help: "Prints every setting, its value, where it came from and its default; secrets masked",
            {
                (
                    markdown: $0.flag("markdown", help: "Prints docs/configuration.md instead"),
                    example: $0.flag("example", help: "Prints .env.example instead")
                )
            },
            action: { wanted in
                let env = read(wanted.markdown || wanted.example)
                if wanted.markdown { return print(env.markdown, terminator: "") }
                if wanted.example { return print(env.example, terminator: "") }
                print(env.listing, terminator: "")
                try env.check()
            })
    }
}
