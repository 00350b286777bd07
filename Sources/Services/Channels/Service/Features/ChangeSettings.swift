internal import ChannelsContracts
package import TradewindAPI
package import TradewindCQRS
package import TradewindDomain
internal import TradewindJSON
internal import TradewindRepositories

/// All of them: what is not said becomes as it was at first.
package struct NewSettings: Decodable, Sendable {
    package struct Words: Decodable, Sendable {
        let entry: [String]?, stop: [String]?, target: [String]?, close: [String]?
    }

    let defaultSymbol: String?, symbolAliases: [String: String]?
    let extraWords: Words?, ignoredWords: [String]?
    let signalExpirySeconds: Int?
}

package struct ChangeSettings: Command {
    package typealias Result = ChannelView
    package static let attempts = 3

    let channel: ChannelID, expected: Version?, settings: NewSettings

    /// The handler knows whose it is.
    package var access: Access { .signedIn }
    package var logFields: [LogField] { [LogField(.channelID, channel)] }

    package struct Valid: Sendable { let channel: ChannelID, expected: Version?, settings: ChannelSettings }

    package func validated() throws(Violations) -> Valid {
        let words = settings.extraWords
        return Valid(
            channel: channel, expected: expected,
            settings: try ChannelSettings(
                defaultSymbol: settings.defaultSymbol, symbolAliases: settings.symbolAliases ?? [:],
                extraWords: .init(
                    entry: words?.entry ?? [], stop: words?.stop ?? [], target: words?.target ?? [],
                    close: words?.close ?? []),
                ignoredWords: settings.ignoredWords ?? [], signalExpirySeconds: settings.signalExpirySeconds))
    }
}

struct ChangeSettingsHandler: CommandHandler {
    typealias Handled = ChangeSettings

    func callAsFunction(_ command: ChangeSettings.Valid, in work: Work, for request: RequestContext) async throws
        -> ChannelView
    {
        try await work.change(command.channel, expected: command.expected, for: request) {
            try $0.change(command.settings)
        }
    }
}

extension NewSettings: Described {
    package static var schema: Schema {
        let words = Schema.list(
            of: .oneLine(ChannelSettings.wordLengths), 0...ChannelSettings.mostWords)
        var extra = Schema(of: Words.self)
        for name in ["entry", "stop", "target", "close"] { extra = extra.with(name, words) }
        return Schema(of: Self.self).with("extraWords", extra).with("ignoredWords", words)
            .with("signalExpirySeconds", .whole(ChannelSettings.expiries))
            .example([
                "defaultSymbol": "BTCUSDT", "symbolAliases": ["GOLD": "XAUUSD"], "extraWords": ["stop": ["exit below"]],
                "ignoredWords": ["result", "report"], "signalExpirySeconds": 86_400,
            ])
    }
}
