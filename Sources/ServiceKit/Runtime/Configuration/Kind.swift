internal import TradewindReactor

/// What a setting or an option may hold: how its text is read, how a value is written, and the words that say so.
/// A service adds a kind of its own in the same five lines as the ones below.
package struct Kind<Value: Sendable>: Sendable {
    /// Completes "must be …" and stands in the documentation: `a port from 0 to 65535`.
    let expectation: String
    let isSecret: Bool
    let parse: @Sendable (String) -> Value?
    let format: @Sendable (Value) -> String
    /// Hides what a rejected text must not tell.
    let redact: @Sendable (String) -> String

    package init(
        _ expectation: String, isSecret: Bool = false,
        parse: @escaping @Sendable (String) -> Value?,
        format: @escaping @Sendable (Value) -> String = { "\($0)" },
        redact: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.expectation = expectation
        self.isSecret = isSecret
        self.parse = parse
        self.format = format
        self.redact = redact
    }
}

extension Kind<Int> {
    package static func int(_ range: ClosedRange<Int>) -> Self {
        Self("a whole number from \(range.lowerBound) to \(range.upperBound)") {
            Int($0).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension Kind<UInt16> {
    package static var port: Self { Self("a port from 0 to 65535", parse: { UInt16($0) }) }
}

extension Kind<Bool> {
    package static var bool: Self {
        Self("true or false (or yes, no, on, off, 1, 0)") {
            switch $0.lowercased() {
            case "true", "yes", "on", "1": true
            case "false", "no", "off", "0": false
            default: nil
            }
        }
    }
}

extension Kind<Double> {
    package static var ratio: Self {
        Self("a number from 0 to 1") { text in
            // Double also reads "inf", "0x1" and "1e0", which nobody means here.
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }) else { return nil }
            return Double(text).flatMap { (0...1).contains($0) ? $0 : nil }
        }
    }
}

extension Kind<Duration> {
    package static func duration(_ range: ClosedRange<Duration>) -> Self {
        Self(
            "a duration from \(range.lowerBound.text) to \(range.upperBound.text), such as 500ms, 15m or 1h30m",
            parse: { Duration(text: $0).flatMap { range.contains($0) ? $0 : nil } },
            format: \.text)
    }
}

extension Kind<ByteSize> {
    package static func byteSize(_ range: ClosedRange<ByteSize>) -> Self {
        Self(
            "a size from \(range.lowerBound) to \(range.upperBound), such as 16KiB or 1MiB"
        ) { ByteSize($0).flatMap { range.contains($0) ? $0 : nil } }
    }
}

extension Kind<String> {
    package static var text: Self { Self("text on one line", parse: { $0.isOneLine ? $0 : nil }) }

    /// Checked when read, so that a wrong path stops the start and not the first request.
    package static var readableFile: Self {
        Self("a file that can be read", parse: { $0.isOneLine && Machine.canRead($0) ? $0 : nil })
    }

    package static var folder: Self {
        Self("a folder that can be read", parse: { $0.isOneLine && (try? Folder($0)) != nil ? $0 : nil })
    }

    /// An absolute URL with one of the schemes. A password in it is neither shown nor logged.
    package static func url(_ schemes: String...) -> Self {
        Self(
            "a URL that starts with " + schemes.map { $0 + "://" }.joined(separator: " or "),
            parse: { text in
                let rest = schemes.lazy.filter { text.hasPrefix($0 + "://") }.map { text.dropFirst($0.count + 3) }.first
                guard let rest, let first = rest.first, first != "/", !text.contains(" "), text.isOneLine else {
                    return nil
                }
                return text
            },
            format: withoutCredentials, redact: withoutCredentials)
    }

    /// `redis://:pass@host/0` becomes `redis://•••@host/0`. Everything before the last `@` goes, since a password that
    /// was not percent-encoded may hold a slash.
    @Sendable static func withoutCredentials(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        let scheme =
            text[..<at].firstIndex(of: ":").map { text[$0...].hasPrefix("://") ? text[...$0] + "//" : "" } ?? ""
        return scheme + Secret<String>.mask + text[at...]
    }
}

extension Kind<Secret<String>> {
    package static func secret(atLeast bytes: Int = 1) -> Self {
        Self(
            bytes > 1 ? "a secret of at least \(bytes) bytes" : "a secret", isSecret: true,
            parse: { $0.utf8.count >= bytes ? Secret($0) : nil }, redact: { _ in Secret<String>.mask })
    }
}

extension Kind where Value: CaseIterable & RawRepresentable<String> {
    /// One of the cases of an enumeration, in capitals or small letters: `warning`, `PLAIN`.
    package static var choice: Self {
        Self(
            "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
            parse: { text in Value.allCases.first { $0.rawValue.lowercased() == text.lowercased() } },
            format: \.rawValue)
    }
}

extension Kind {
    /// Comma separated; blanks around the elements and empty elements do not count.
    package static func list<Element>(_ element: Kind<Element>) -> Self where Value == [Element] {
        Self(
            "a comma list, each \(element.expectation)", isSecret: element.isSecret,
            parse: { text in
                let parts = text.split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
                let values = parts.compactMap(element.parse)
                return values.count == parts.count ? values : nil
            },
            format: { $0.map(element.format).joined(separator: ",") },
            // The whole text at once, since a password may hold a comma.
            redact: element.redact)
    }
}

extension String {
    fileprivate var isOneLine: Bool { unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } }

    var trimmed: String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let start = utf8.firstIndex { !isBlank($0) } ?? endIndex
        let end = utf8.lastIndex { !isBlank($0) }.map { utf8.index(after: $0) } ?? start
        return String(self[start..<end])
    }
}
