internal import Signals
package import TradewindRuntime

extension ConsoleCommand {
    /// `parse-signal`: what a message means, and which part of it says so.
    package static let parseSignal = ConsoleCommand.filter(
        "parse-signal", help: "Reads a message from standard input and says what was understood of it"
    ) { text in
        SignalParser().read(text).explanation(of: text)
    }
}
