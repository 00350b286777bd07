extension ConsoleCommand {
    /// Reads standard input to its end and prints what becomes of it.
    package static func filter(
        _ name: String, help: String, _ transform: @escaping @Sendable (String) throws -> String
    ) -> ConsoleCommand {
        ConsoleCommand(name, help: help) {
            var text = ""
            while let line = readLine(strippingNewline: false) { text += line }
            Console.say(try transform(text))
        }
    }
}
