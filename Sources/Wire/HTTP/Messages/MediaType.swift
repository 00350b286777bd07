/// A Content-Type, or one member of Accept (RFC 9110 §8.3.1): type and subtype in lower case, parameters by name.
package struct MediaType: Hashable, Sendable {
    package struct Parameter: Hashable, Sendable {
        package let name: String, value: String
    }
    package let type: String, subtype: String
    package let parameters: [Parameter]

    package init(_ type: String, _ subtype: String) {
        (self.type, self.subtype, parameters) = (type, subtype, [])
    }

    package init?(_ text: String) {
        let bytes = text.utf8Span.span
        self.init(bytes, in: 0..<bytes.count)
    }

    init?(_ bytes: Span<UInt8>, in range: Range<Int>) {
        var parts = QuotedMembers(range, separator: UInt8(ascii: ";"))
        guard let essence = parts.next(in: bytes) else { return nil }
        let slash = bytes.firstIndex(of: UInt8(ascii: "/"), from: essence.lowerBound, to: essence.upperBound)
        guard slash < essence.upperBound, HeaderName.isToken(bytes, in: essence.lowerBound..<slash),
            HeaderName.isToken(bytes, in: slash + 1..<essence.upperBound)
        else { return nil }
        type = bytes.string(in: essence.lowerBound..<slash).lowercased()
        subtype = bytes.string(in: slash + 1..<essence.upperBound).lowercased()
        var parameters: [Parameter] = []
        while let part = parts.next(in: bytes) {
            if part.isEmpty { continue }
            guard let parameter = MediaType.parameter(part, in: bytes) else { return nil }
            parameters.append(parameter)
        }
        self.parameters = parameters
    }

    package subscript(_ name: String) -> String? { parameters.first { $0.name == name }?.value }
    package var charset: String? { self["charset"]?.lowercased() }
    package var boundary: String? { self["boundary"] }
    package var essence: String { "\(type)/\(subtype)" }

    /// `application/json` and everything that says it is JSON inside (RFC 6839 §3.1).
    package var isJSON: Bool { type == "application" && (subtype == "json" || subtype.hasSuffix("+json")) }

    /// Whether `self`, as a range from Accept, covers `other`; higher is more exact, nil is not at all.
    func specificity(for other: MediaType) -> Int? {
        if type == "*", subtype == "*" { return 0 }
        guard type == other.type else { return nil }
        if subtype == "*" { return 1 }
        guard subtype == other.subtype else { return nil }
        let wanted = parameters.filter { $0.name != "q" }
        return wanted.allSatisfy { other[$0.name] == $0.value } ? 2 + wanted.count : nil
    }

    private static func parameter(_ part: Range<Int>, in bytes: Span<UInt8>) -> Parameter? {
        let equals = bytes.firstIndex(of: UInt8(ascii: "="), from: part.lowerBound, to: part.upperBound)
        guard equals < part.upperBound, HeaderName.isToken(bytes, in: part.lowerBound..<equals) else { return nil }
        let name = bytes.string(in: part.lowerBound..<equals).lowercased()
        let value = equals + 1..<part.upperBound
        if HeaderName.isToken(bytes, in: value) { return Parameter(name: name, value: bytes.string(in: value)) }
        return unquoted(value, in: bytes).map { Parameter(name: name, value: $0) }
    }

    /// RFC 9110 §5.6.4 quoted-string.
    private static func unquoted(_ range: Range<Int>, in bytes: Span<UInt8>) -> String? {
        let quote = UInt8(ascii: "\"")
        guard range.count >= 2, bytes[range.lowerBound] == quote, bytes[range.upperBound - 1] == quote else {
            return nil
        }
        var text: [UInt8] = []
        var index = range.lowerBound + 1
        while index < range.upperBound - 1 {
            if bytes[index] == quote { return nil }
            if bytes[index] == UInt8(ascii: "\\") {
                index += 1
                guard index < range.upperBound - 1 else { return nil }
            }
            text.append(bytes[index])
            index += 1
        }
        return String(validating: text, as: UTF8.self)
    }
}

extension MediaType: CustomStringConvertible {
    package var description: String {
        parameters.reduce(essence) { text, parameter in
            let bytes = parameter.value.utf8Span.span
            if HeaderName.isToken(bytes, in: 0..<bytes.count) { return "\(text); \(parameter.name)=\(parameter.value)" }
            let escaped = parameter.value.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
            return "\(text); \(parameter.name)=\"\(escaped)\""
        }
    }
}

/// Members of a list whose quoted strings may hold the separator; without the white space around them.
struct QuotedMembers {
    private var start: Int
    private let end: Int, separator: UInt8
    private var isDone = false

    init(_ range: Range<Int>, separator: UInt8) {
        (start, end, self.separator) = (range.lowerBound, range.upperBound, separator)
    }

    mutating func next(in bytes: Span<UInt8>) -> Range<Int>? {
        if isDone { return nil }
        var (index, isQuoted) = (start, false)
        while index < end, isQuoted || bytes[index] != separator {
            if bytes[index] == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if isQuoted, bytes[index] == UInt8(ascii: "\\") {
                index += 1
            }
            index += 1
        }
        // A backslash at the very end steps past it.
        index = min(index, end)
        let member = bytes.trimmed(start, index)
        (start, isDone) = (index + 1, index == end)
        return member
    }
}
