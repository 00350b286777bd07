/// Why a value could not be read or written.
package enum JSONError: Error, Sendable {
    /// The text is not JSON, or beyond the limits.
    case malformed(JSONFault)
    /// The text is JSON, but a value in it is not what the type wants there.
    case mismatched(JSONFault)
    /// A type's own `init(from:)` or `encode(to:)` threw this error, which is passed on as it is.
    case refused(JSONFault, by: any Error)
    /// The value has no form in JSON.
    case unwritable(JSONFault)

    package var fault: JSONFault {
        switch self {
        case .malformed(let fault), .mismatched(let fault), .refused(let fault, by: _), .unwritable(let fault): fault
        }
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String { fault.description }
}

/// What is wrong, and where.
package struct JSONFault: Equatable, Sendable {
    package enum Code: String, Sendable {
        // Of the text.
        case syntax, end, trailing, control, escape, surrogate, encoding, number, duplicate, depth, size
        // Of a value in it.
        case type, required, null, whole, range, precision, value
    }

    /// The way from the root as people write it, `items[0].price`; empty for the root itself.
    package let path: String
    package let code: Code
    /// Completes the sentence that starts with the path: "must be a whole number".
    package let message: String
    /// Both from 1; columns count Unicode scalars. Both are 0 when a value is written.
    package let line: Int
    package let column: Int

    package init(path: String, code: Code, message: String, line: Int, column: Int) {
        (self.path, self.code, self.message) = (path, code, message)
        (self.line, self.column) = (line, column)
    }
}

extension JSONFault: CustomStringConvertible {
    package var description: String {
        let subject = path.isEmpty ? "" : "\(path) "
        return line == 0 ? subject + message : "line \(line), column \(column): \(subject)\(message)"
    }
}

/// What a container throws for a value that is not as wanted. It travels as the underlying error of a `DecodingError`,
/// so that types which catch those ("a number, else a string") work, and holds no path: a path is worked out once,
/// for the error that leaves `JSON.decode`, so that a type which tries and fails for each of a million elements
/// costs no more than linear time.
struct NodeFault: Error {
    let node: Int
    var name: String?
    let code: JSONFault.Code
    let message: String
}

/// Where and why a text is not JSON.
struct TextFault: Error {
    let code: JSONFault.Code
    let offset: Int
}

extension JSONFault.Code {
    /// What is said about a text that is not JSON.
    var messageForText: String {
        switch self {
        case .end: "the text ends before the value does"
        case .trailing: "there is text after the value"
        case .control: "a control character in a string must be escaped"
        case .escape: "unknown escape in a string"
        case .surrogate: "half of a surrogate pair in a string"
        case .encoding: "the text is not UTF-8"
        case .number: "malformed number"
        case .duplicate: "the same name twice in an object"
        case .depth: "nested too deeply"
        case .size: "the text is too long"
        default: "unexpected character"
        }
    }
}
