/// What Redis answers: a tree of values, in which single commands of a transaction may have failed.
package enum RedisValue: Hashable, Sendable {
    case null
    case integer(Int64)
    /// A word like `OK`.
    case status(String)
    case bytes([UInt8])
    case array([RedisValue])
    case complaint(RedisComplaint)
}

/// Redis' own word for what is wrong: `WRONGTYPE Operation against a key holding the wrong kind of value`.
package struct RedisComplaint: Hashable, Sendable, CustomStringConvertible {
    package let code: String, description: String

    package init(_ text: String) {
        description = text
        code = String(text.prefix { $0 != " " })
    }

    /// Trying again may help: it is busy, loading, out of memory, or no longer the one to write to.
    package var isPassing: Bool {
        switch code {
        case "OOM", "LOADING", "BUSY", "MISCONF", "READONLY", "MASTERDOWN", "NOREPLICAS", "TRYAGAIN", "CLUSTERDOWN":
            true
        // A transaction of which one command was refused, or whose script was ended by hand.
        case "EXECABORT": true
        default: description.hasPrefix("ERR max number of clients")
        }
    }
}

/// Why a command has no answer.
package enum RedisError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It was not sent.
    case unavailable(String)
    /// Nobody can connect like this: a wrong password, a certificate that is not theirs.
    case unwelcome(String)
    /// It was sent, and may have happened.
    case connectionLost(String)
    case complaint(RedisComplaint)
    /// The answer does not have the shape of this command's.
    case unexpected(String)

    package var description: String {
        switch self {
        case .unavailable(let reason), .unwelcome(let reason), .connectionLost(let reason): "Redis: \(reason)"
        case .complaint(let complaint): "Redis: \(complaint)"
        case .unexpected(let what): "Redis answered something else than \(what)"
        }
    }
}

extension RedisValue {
    package var isNull: Bool { self == .null }

    package var integer: Int? {
        switch self {
        case .integer(let value): Int(exactly: value)
        case .bytes, .status: text.flatMap { Int($0) }
        default: nil
        }
    }

    package var bytes: [UInt8]? {
        switch self {
        case .bytes(let bytes): bytes
        case .status(let word): Array(word.utf8)
        default: nil
        }
    }

    /// What is not UTF-8 is repaired.
    package var text: String? {
        switch self {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let word): word
        default: nil
        }
    }

    package var array: [RedisValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    package var complaint: RedisComplaint? {
        if case .complaint(let complaint) = self { complaint } else { nil }
    }

    /// The answers of `XINFO` and others that come as name, value, name, value.
    package subscript(name: String) -> RedisValue? {
        guard let array, let index = array.indices.first(where: { $0 % 2 == 0 && array[$0].text == name }) else {
            return nil
        }
        return index + 1 < array.count ? array[index + 1] : nil
    }

    /// A complaint becomes an error.
    package func checked() throws(RedisError) -> RedisValue {
        if let complaint { throw .complaint(complaint) }
        return self
    }
}
