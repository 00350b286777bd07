internal import Foundation
internal import Signals

// P8: the corpus of the parser's tests, every message in turn, one thread.

func signalReading() throws {
    let messages = try corpus()
    let parser = SignalParser()
    let rate = messages.rate { consume(parser.read($0)) }
    // Labels that lead nowhere, digits on keys, letters under accents, brackets that never close.
    let unit = "🎯TP1️⃣ 1.5 e\u{301}\u{302}\u{334} (sl "
    let hostile = String(repeating: unit, count: 100_000 / unit.utf8.count)
    let longest = 1e9 / [hostile].rate { consume(parser.read($0)) }
    print("P8 messages=\(rate.rounded()) bytes=\(messages.bytes) hostile_ns=\(longest.rounded())")
}

/// For `valgrind --tool=callgrind --toggle-collect='*signalLoop*'`.
func signalProfile() throws { signalLoop(try corpus(), SignalParser()) }

@inline(never)
private func signalLoop(_ messages: [String], _ parser: SignalParser) {
    for _ in 0..<20 { for message in messages { consume(parser.read(message)) } }
}

/// The lines before one that begins with `=>` are a message; those with `%` are about the file.
private func corpus() throws -> [String] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Tests/SignalsTests/Corpus")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    var messages: [String] = []
    for file in files where file.pathExtension == "txt" {
        var lines: [String] = []
        for line in try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n") {
            if line.hasPrefix("=> ") {
                messages.append(lines.joined(separator: "\n"))
                lines = []
            } else if !line.hasPrefix("%") {
                lines.append(line)
            }
        }
    }
    return messages
}

extension [String] {
    fileprivate var bytes: Int { reduce(0) { $0 + $1.utf8.count } }

    /// How many a second: the median of 25 turns of at least 20 ms.
    fileprivate func rate(_ body: (String) -> Void) -> Double {
        let rates = (0..<25).map { _ in
            let start = processorTime()
            var (done, elapsed) = (0, 0.0)
            repeat {
                for text in self { body(text) }
                (done, elapsed) = (done + count, processorTime() - start)
            } while elapsed < 20e6
            return Double(done) / elapsed * 1e9
        }
        return median(rates)
    }
}
