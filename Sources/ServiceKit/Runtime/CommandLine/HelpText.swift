/// The text of `--help`, from the declarations, for a terminal of 80 columns.
extension ConsoleCommand {
    func helpText(path: String, _ learnt: ArgumentReader) -> String {
        var text = "Usage: " + usage(path, learnt) + "\n\n" + wrapped(help, indent: 0) + "\n"
        if let words = learnt.words { text += section("Arguments", [(words.shownAs, words.help)]) }
        text += section("Commands", commands.map { ($0.name, $0.help) })
        let options = learnt.options.map { option in
            (
                "--" + option.name + (option.shownAs.map { " " + $0 } ?? ""),
                option.help + (option.fallback.isEmpty ? "" : " (default: \(option.fallback))")
            )
        }
        text += section("Options", options + [("--help", "Shows this help"), ("--version", "Shows the version")])
        if !commands.isEmpty { text += "\n\"\(path) COMMAND --help\" tells more about a command.\n" }
        return text
    }

    private func usage(_ path: String, _ learnt: ArgumentReader) -> String {
        var parts = [path]
        if !commands.isEmpty { parts.append(prepare == nil ? "COMMAND" : "[COMMAND]") }
        parts.append("[OPTIONS]")
        if let words = learnt.words { parts.append(words.isRequired ? "\(words.shownAs)..." : "[\(words.shownAs)...]") }
        return parts.joined(separator: " ")
    }

    private func section(_ title: String, _ rows: [(String, String)]) -> String {
        guard !rows.isEmpty else { return "" }
        let width = min(24, rows.map(\.0.count).max() ?? 0)
        let lines = rows.map { name, help in
            let text = wrapped(help, indent: width + 4)
            // A name wider than its column has its help start on the next line.
            let gap = name.count > width ? "\n" + String(repeating: " ", count: width + 4) : "  "
            return "  " + name.padded(to: width) + gap + text + "\n"
        }
        return "\n\(title):\n" + lines.joined()
    }

    private func wrapped(_ text: String, indent: Int) -> String {
        var lines = [""]
        for word in text.split(separator: " ") {
            let line = lines[lines.count - 1]
            if !line.isEmpty, indent + line.count + 1 + word.count > 80 {
                lines.append(String(word))
            } else {
                lines[lines.count - 1] = line.isEmpty ? String(word) : line + " " + word
            }
        }
        return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
    }
}
