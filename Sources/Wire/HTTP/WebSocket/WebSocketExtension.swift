/// One element of Sec-WebSocket-Extensions.
struct WebSocketExtension: Equatable {
    struct Parameter: Equatable {
        let name: String
        let value: String?
    }

    let name: String
    private(set) var parameters: [Parameter] = []

    /// The elements of a header field, or nil if it is not what RFC 6455 §9.1 describes:
    /// `name *( ";" name [ "=" value ] )`, separated by commas. Empty elements are skipped (RFC 9110 §5.6.1).
    static func list(_ field: String) -> [WebSocketExtension]? {
        var scanner = Scanner(field)
        var list: [WebSocketExtension] = []
        while true {
            while scanner.skip(",") {}
            if scanner.isAtEnd { return list }
            guard let name = scanner.token() else { return nil }
            var element = WebSocketExtension(name: name)
            while scanner.skip(";") {
                guard let parameter = scanner.parameter() else { return nil }
                element.parameters.append(parameter)
            }
            list.append(element)
            guard scanner.isAtEnd || scanner.skip(",") else { return nil }
        }
    }

    private struct Scanner {
        private var rest: Substring.UTF8View

        init(_ field: String) {
            rest = Substring(field).utf8
            skipSpace()
        }

        var isAtEnd: Bool { rest.isEmpty }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard let first = rest.first, Unicode.Scalar(first) == character else { return false }
            rest.removeFirst()
            skipSpace()
            return true
        }

        mutating func parameter() -> Parameter? {
            guard let name = token() else { return nil }
            guard skip("=") else { return Parameter(name: name, value: nil) }
            guard let value = rest.first == UInt8(ascii: "\"") ? quoted() : token() else { return nil }
            return Parameter(name: name, value: value)
        }

        mutating func token() -> String? {
            let token = rest.prefix(while: isTokenByte)
            guard !token.isEmpty else { return nil }
            rest.removeFirst(token.count)
            skipSpace()
            return String(Substring(token))
        }

        /// RFC 6455 §9.1: what the quotes hold must be a token once unescaped.
        private mutating func quoted() -> String? {
            rest.removeFirst()
            var value: [UInt8] = []
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "\"") {
                    skipSpace()
                    return value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
                }
                let plain = byte == UInt8(ascii: "\\") ? rest.popFirst() : byte
                guard let plain, isTokenByte(plain) else { return nil }
                value.append(plain)
            }
            return nil
        }

        private mutating func skipSpace() {
            while let first = rest.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
                rest.removeFirst()
            }
        }
    }

    /// RFC 9110 §5.6.2.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
