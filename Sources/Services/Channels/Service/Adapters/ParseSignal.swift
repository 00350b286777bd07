internal import Signals
package import TradewindRuntime

extension Command {
    /// `parse-signal`: what a message means, and which part of it says so.
    package static let parseSignal = Command.filter(
        "parse-signal", help: "Reads a message from standard input and says what was understood of it"
    ) { text in
        SignalParser().read(text).explanation(of: text)
    }
}
