import Foundation
import Signals

/// A message of the corpus and what it means. `Corpus/README.md` says how it is written down.
struct Example: Sendable, CustomStringConvertible {
    let file: String, line: Int
    let text: String, expected: String
    let vocabulary: Vocabulary

    var description: String { "\(file):\(line)" }

    /// Risk-reward and confidence are looked at only where they stand.
    func brief(_ reading: Reading) -> String {
        reading.brief(riskReward: expected.contains(" rr "), confidence: expected.contains(" conf "))
    }
}

enum Corpus {
    static let all = files.flatMap(read)

    private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "Corpus")

    private static var files: [URL] {
        let found = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (found ?? []).filter { $0.pathExtension == "txt" }.sorted { $0.path() < $1.path() }
    }

    private static func read(_ file: URL) -> [Example] {
        let lines = ((try? String(contentsOf: file, encoding: .utf8)) ?? "").components(separatedBy: "\n")
        var (examples, message, vocabulary) = ([Example](), [String](), Vocabulary())
        for (number, line) in lines.enumerated() {
            if line.hasPrefix("=> ") {
                examples.append(
                    Example(
                        file: file.lastPathComponent, line: number + 1, text: message.joined(separator: "\n"),
                        expected: String(line.dropFirst(3)), vocabulary: vocabulary))
                message = []
            } else if line.hasPrefix("%") {
                vocabulary.set(line)
            } else {
                message.append(line)
            }
        }
        return examples
    }
}

extension Vocabulary {
    fileprivate mutating func set(_ line: String) {
        let words = line.dropFirst().split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { return }
        let value = String(words[1])
        switch words[0] {
        case "default": defaultSymbol = try? Symbol(value)
        case "alias":
            let sides = value.split(separator: "=")
            aliases[String(sides[0])] = try? Symbol(sides[1])
        case "entry": entryWords.append(value)
        case "stop": stopWords.append(value)
        case "target": targetWords.append(value)
        case "close": closeWords.append(value)
        case "ignore": ignoredWords.append(value)
        default: break
        }
    }
}
