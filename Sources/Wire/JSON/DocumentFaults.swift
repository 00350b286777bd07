// How a refusal is made, and how it becomes the `JSONError` that leaves.

extension Document {
    /// A value of another kind than wanted.
    @inline(never)
    func mismatch(_ type: any Any.Type, _ node: Int, _ message: String) -> DecodingError {
        if isNull(node) {
            return .valueNotFound(type, context(NodeFault(node: node, code: .null, message: "must not be null")))
        }
        return .typeMismatch(type, context(NodeFault(node: node, code: .type, message: message)))
    }

    /// A value of the right kind that the type has no room for.
    @inline(never)
    func outOfRange(_ node: Int, _ code: JSONFault.Code, _ message: String) -> DecodingError {
        .dataCorrupted(context(NodeFault(node: node, code: code, message: message)))
    }

    @inline(never)
    func missing(_ key: some CodingKey, in object: Int) -> DecodingError {
        let fault = NodeFault(node: object, name: key.stringValue, code: .required, message: "is required")
        return .keyNotFound(key, context(fault))
    }

    @inline(never)
    func missingElement(_ index: Int, in array: Int) -> DecodingError {
        let fault = NodeFault(node: array, code: .required, message: "must have more than \(index) elements")
        return .valueNotFound(Any.self, context(fault))
    }

    private func context(_ fault: NodeFault) -> DecodingError.Context {
        DecodingError.Context(codingPath: [], debugDescription: fault.message, underlyingError: fault)
    }

    /// What a type's own `init(from:)` threw. The innermost value is where it happened; a choice that the type does
    /// not have is told in words, because the standard library would name Swift types to the client.
    @inline(never)
    func located(_ error: any Error, _ type: any Any.Type, _ node: Int) -> any Error {
        if let error = error as? DecodingError {
            let context = error.context
            guard !(context.underlyingError is NodeFault), type is any RawRepresentable.Type,
                case .dataCorrupted = error
            else { return error }
            return outOfRange(
                node, .value, choices(of: type).map { "must be one of \($0)" } ?? "is not an accepted value")
        }
        // An error on its way out of an inner value has been noted there.
        if let inner = refusedNode, inner >= node, inner < next(after: node) { return error }
        refusedNode = node
        return error
    }

    private func choices(of type: any Any.Type) -> String? {
        guard let type = type as? any (CaseIterable & RawRepresentable).Type else { return nil }
        func list<T: CaseIterable & RawRepresentable>(_ type: T.Type) -> String {
            type.allCases.map { "\($0.rawValue)" }.joined(separator: ", ")
        }
        return list(type)
    }

    @inline(never)
    func explain(_ error: any Error) -> JSONError {
        guard let error = error as? DecodingError else {
            return .refused(fault(at: refusedNode ?? 0, code: .value, message: "is not an accepted value"), by: error)
        }
        let context = error.context
        if let fault = context.underlyingError as? NodeFault {
            return .mismatched(self.fault(at: fault.node, name: fault.name, code: fault.code, message: fault.message))
        }
        let path = Path(context.codingPath)
        let position = Position(of: node(at: path).map { token($0).offset } ?? 0, in: self)
        let fault = JSONFault(
            path: path.description, code: .value, message: context.debugDescription, line: position.line,
            column: position.column)
        return .mismatched(fault)
    }

    private func fault(at node: Int, name: String? = nil, code: JSONFault.Code, message: String) -> JSONFault {
        var path = path(to: node)
        if let name { path.steps.append(.name(name)) }
        let position = Position(of: start(of: node), in: self)
        return JSONFault(
            path: path.description, code: code, message: message, line: position.line, column: position.column)
    }
}

// MARK: Places in the text

extension Document {
    func path(to node: Int) -> Path { unsafe Path(after: text, count: start(of: node)) }

    /// The path as Codable wants it, empty when a type has asked for more than is sensible.
    func codingPath(to node: Int) -> [any CodingKey] {
        let cost = start(of: node)
        guard cost <= pathBudget else { return [] }
        pathBudget -= cost
        return path(to: node).codingPath
    }

    /// Where the value starts: a string's token starts behind its quote.
    private func start(of node: Int) -> Int {
        let token = token(node)
        let isString = token.isString
        return token.offset - (isString ? 1 : 0)
    }

    /// The value that a path leads to.
    private func node(at path: Path) -> Int? {
        path.steps.reduce(0) { node, step in
            guard let node else { return nil }
            switch step {
            case .name(let name): return token(node).isA(.object) ? member(name, of: node) : nil
            case .index(let index):
                guard token(node).isA(.array), 0..<size(of: node) ~= index else { return nil }
                return (0..<index).reduce(node + 2) { place, _ in next(after: place) }
            }
        }
    }
}

extension JSONFault {
    init(_ fault: TextFault, in text: Span<UInt8>) {
        let position = Position(of: fault.offset, in: text)
        self.init(
            path: "", code: fault.code, message: fault.code.messageForText, line: position.line, column: position.column
        )
    }
}

/// Line and column, both from 1, of an offset.
struct Position {
    private(set) var line = 1
    private(set) var column = 1

    init(of offset: Int, in text: Span<UInt8>) {
        for index in 0..<min(offset, text.count) {
            if text[index] == UInt8(ascii: "\n") {
                (line, column) = (line + 1, 1)
            } else if text[index] & 0xC0 != 0x80 {
                column += 1
            }
        }
    }

    init(of offset: Int, in document: Document) {
        self = document.withText { Position(of: offset, in: $0) }
    }
}

extension DecodingError {
    var context: Context {
        switch self {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
            .dataCorrupted(let context):
            context
        @unknown default: Context(codingPath: [], debugDescription: "is not an accepted value")
        }
    }
}
