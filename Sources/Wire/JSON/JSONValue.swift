/// Any JSON value, for texts whose shape is not known beforehand.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    package static func parse(_ text: Span<UInt8>, limits: JSONLimits = .standard) throws(JSONError) -> JSONValue {
        try JSON.decode(JSONValue.self, from: text, limits: limits)
    }

    package static func parse(_ text: [UInt8], limits: JSONLimits = .standard) throws(JSONError) -> JSONValue {
        try parse(text.span, limits: limits)
    }

    package static func parse(_ text: String, limits: JSONLimits = .standard) throws(JSONError) -> JSONValue {
        try parse(text.utf8.span, limits: limits)
    }

    /// The value as JSON: on one line, or for people with two spaces of indentation.
    package func serialized(pretty: Bool = false, sortedKeys: Bool = false) -> [UInt8] {
        var output = Output()
        defer { output.deallocate() }
        output.append(self, Output.Style(isPretty: pretty, sortsKeys: sortedKeys))
        var bytes: [UInt8] = []
        output.move(to: &bytes)
        return bytes
    }

    /// The value of the first member with this name; nil also when this is no object.
    package subscript(name: String) -> JSONValue? { object?[name] }

    /// Nil also when this is no array, or a shorter one.
    package subscript(index: Int) -> JSONValue? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }

    package var isNull: Bool { self == .null }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var number: JSONNumber? { if case .number(let value) = self { value } else { nil } }
    package var string: String? { if case .string(let value) = self { value } else { nil } }
    package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
}

/// The members of an object in their order, which is part of the value: a signature over the text would see it.
package struct JSONObject: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package let name: String
        package var value: JSONValue
    }

    package private(set) var members: [Member] = []

    package init() {}

    /// The caller vouches that no name comes twice.
    init(members: [Member]) { self.members = members }

    /// Setting keeps a member's place, appends a new one and removes it for nil. Names are compared by their bytes.
    package subscript(name: String) -> JSONValue? {
        get { place(of: name).map { members[$0].value } }
        set {
            switch (place(of: name), newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    private func place(of name: String) -> Int? {
        members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(nilLiteral: ()) { self = .null }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (name, value) in elements { object[name] = value }
        self = .object(object)
    }
}

extension Document {
    /// Recursive, as deep as the text is nested, so at most `JSONLimits.depth`.
    func jsonValue(at node: Int) -> JSONValue {
        let token = token(node)
        switch token.kind {
        case .null: return .null
        case .bool: return .bool(token.extent == 4)
        case .integer, .decimal: return .number(JSONNumber(checked: string(token)))
        case .ascii, .unicode, .escaped: return .string(string(token))
        case .array:
            var elements: [JSONValue] = []
            elements.reserveCapacity(size(of: node))
            var place = node + 2
            while place < token.extent {
                elements.append(jsonValue(at: place))
                place = next(after: place)
            }
            return .array(elements)
        case .object:
            var members: [JSONObject.Member] = []
            members.reserveCapacity(size(of: node))
            var place = node + 2
            while place < token.extent {
                members.append(.init(name: string(self.token(place)), value: jsonValue(at: place + 1)))
                place = next(after: place + 1)
            }
            return .object(JSONObject(members: members))
        }
    }
}
