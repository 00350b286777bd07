internal import TradewindDomain
internal import TradewindJSON
internal import TradewindMessaging

extension ConsoleCommand {
    /// Looks at the messages that services could not handle, and brings them back or forgets them.
    static func deadLetters(_ desk: DeadLetterDesk) -> ConsoleCommand {
        ConsoleCommand(
            "dlq", help: "Looks at the messages that could not be handled, brings them back or forgets them",
            commands: [.listLetters(desk), .showLetter(desk), .replayLetters(desk), .dropLetters(desk)])
    }

    private static func listLetters(_ desk: DeadLetterDesk) -> ConsoleCommand {
        ConsoleCommand(
            "list", help: "The dead letters of all services, the oldest first",
            { args in
                (
                    limit: args("limit", .int(1...10_000), default: 100, shownAs: "N", help: "How many at most"),
                    asJSON: args.flag("json", help: "Prints JSON")
                )
            }
        ) { (arguments: (limit: Int, asJSON: Bool)) in
            let rows = try await desk.open { broker, _ in
                try await broker.deadLetters.list(desk.topics, limit: arguments.limit).map { LetterRow($0) }
            }
            try LetterRow.listing.print(rows, asJSON: arguments.asJSON, whenEmpty: "there are no dead letters")
        }
    }

    private static func showLetter(_ desk: DeadLetterDesk) -> ConsoleCommand {
        ConsoleCommand("show", help: "Everything that is known of a dead letter, as JSON", { LetterNames(&$0) }) {
            names in
            for id in try names.identifiers() {
                let shown = try await desk.open { broker, _ in
                    try await broker.deadLetters.find(id).map { try JSON.encode(LetterRow($0, withBody: true)) }
                }
                guard let shown else { throw DeadLetterMissing(id) }
                Console.say(String(decoding: shown, as: UTF8.self))
            }
        }
    }

    private static func replayLetters(_ desk: DeadLetterDesk) -> ConsoleCommand {
        ConsoleCommand(
            "replay", help: "Sends the message again to all who listen, and forgets the letter", { LetterNames(&$0) }
        ) { names in
            for id in try names.identifiers() {
                guard try await desk.replay(id) else { throw DeadLetterMissing(id) }
                Console.say("replayed \(id)")
            }
        }
    }

    private static func dropLetters(_ desk: DeadLetterDesk) -> ConsoleCommand {
        ConsoleCommand("drop", help: "Forgets the message for good", { LetterNames(&$0) }) { names in
            for id in try names.identifiers() {
                guard try await desk.open({ broker, _ in try await broker.deadLetters.drop(id) }) else {
                    throw DeadLetterMissing(id)
                }
                Console.say("dropped \(id)")
            }
        }
    }
}

/// The identifiers that were typed.
private struct LetterNames: Sendable {
    private let texts: [String]

    init(_ args: inout ArgumentReader) {
        texts = args.rest("ID", .text, isRequired: true, help: "As `dlq list` names them")
    }

    func identifiers() throws(UsageError) -> [DeadLetter.Identifier] {
        var found: [DeadLetter.Identifier] = []
        for text in texts {
            guard let id = DeadLetter.Identifier(text) else {
                throw UsageError(lines: ["\"\(printable(text))\" is no dead letter; `dlq list` names them"])
            }
            found.append(id)
        }
        return found
    }
}

private struct DeadLetterMissing: ProgramFailure {
    let lines: [String]
    let exitCode = ExitCode.unavailable
    init(_ id: DeadLetter.Identifier) { lines = ["there is no dead letter \(id)"] }
}

/// A dead letter for people and programs.
private struct LetterRow: Encodable, Sendable {
    let id: String, topic: String, key: String, group: String, attempts: Int, at: Timestamp, reason: String
    let headers: [String: String]?, body: String?

    init(_ letter: DeadLetter, withBody: Bool = false) {
        (id, topic, key) = (letter.id.description, letter.topic.description, letter.key)
        (group, attempts, at, reason) = (letter.id.group, letter.attempts, letter.at, letter.reason)
        headers = withBody ? letter.headers : nil
        body = withBody ? String(decoding: letter.body, as: UTF8.self) : nil
    }

    static let listing = Listing<LetterRow>(header: ["ID", "GROUP", "KEY", "ATTEMPTS", "AT", "REASON"]) {
        [$0.id, $0.group, printable($0.key), "\($0.attempts)", $0.at.description, printable($0.reason)]
    }
}
