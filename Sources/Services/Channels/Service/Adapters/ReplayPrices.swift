internal import ChannelsContracts
internal import Signals
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindRepositories
package import TradewindRuntime

extension ConsoleCommand {
    /// `replay-prices FILE`: tells the prices of a file, in its order, as if the market had them now.
    package static func replayPrices(_ desk: ServiceDesk) -> ConsoleCommand {
        ConsoleCommand(
            "replay-prices",
            help: "Tells the prices of a CSV file to whoever runs: symbol,price or symbol,bid,ask on each line",
            { args in args.rest("FILE", .readableFile, isRequired: true, help: "Files, one after the other") }
        ) { files in
            var rows: [PriceRow] = []
            for file in files { rows += try PriceRow.all(in: try desk.text(of: file), named: file) }
            let told = rows
            try await desk.open { store in try await tell(told, store, desk.clockwork) }
            desk.say("\(rows.count) prices are told")
        }
    }

    private static func tell(_ rows: [PriceRow], _ store: Store, _ clockwork: Clockwork) async throws {
        let request = RequestContext(id: .made(clockwork.newUUID()), caller: .service(ChannelsService.name))
        let start = clockwork.now()
        for first in stride(from: 0, to: rows.count, by: 500) {
            try await store.work { work in
                for number in first..<min(first + 500, rows.count) {
                    // Each later than the one before it, as a text can tell, or it would be no news.
                    let moment = start + .milliseconds(number)
                    let row = rows[number]
                    try work.publish(
                        MarketPrice(symbol: row.symbol, bid: row.bid, ask: row.ask, at: moment), for: request)
                }
            }
        }
    }
}

/// A line of a file of prices.
struct PriceRow: Equatable {
    let symbol: Symbol, bid: Price, ask: Price

    /// A first line of names and empty lines do not count.
    static func all(in text: String, named file: String) throws -> [PriceRow] {
        var rows: [PriceRow] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map { cell in
                String(cell.filter { !$0.isWhitespace })
            }
            if cells == [""] || number == 0 && cells.first?.lowercased() == "symbol" { continue }
            guard 2...3 ~= cells.count, let symbol = try? Symbol(loose: cells[0]), let bid = try? Price(cells[1]),
                let ask = try? Price(cells[cells.count - 1])
            else { throw BadPrices(line: number + 1, file: file) }
            rows.append(PriceRow(symbol: symbol, bid: bid, ask: ask))
        }
        return rows
    }
}

struct BadPrices: ProgramFailure {
    let lines: [String]
    let exitCode = ExitCode.usage

    fileprivate init(line: Int, file: String) {
        lines = ["\(file), line \(line): must be symbol,price or symbol,bid,ask"]
    }
}
