/// Header fields of a message to be sent: an ordered list in which a name may come several times. No value in it can
/// end its line: CR, LF, NUL and other control bytes become spaces when a value is put in, as RFC 9110 §5.5 allows, so
/// that text from users can neither split a response nor fail one. Empty and shared values cost no allocation.
package struct HTTPHeaders: Sendable, Hashable {
    package struct Field: Sendable, Hashable {
        package let name: HeaderName
        package let value: String

        package init(_ name: HeaderName, _ value: String) {
            self.name = name
            self.value = Field.clean(value)
        }

        private static func clean(_ value: String) -> String {
            let bytes = value.utf8Span.span
            if bytes.firstControl(from: 0, to: bytes.count) == bytes.count { return value }
            return String(
                decoding: value.utf8.map { $0 < 0x20 && $0 != .tab || $0 == 0x7F ? .space : $0 }, as: UTF8.self)
        }
    }

    private var fields: [Field]

    package init() { fields = [] }

    package init(_ fields: [Field]) { self.fields = fields }

    package init(_ received: ReceivedHeaders) {
        fields = received.map { Field($0.name, $0.value) }
    }

    package mutating func reserveCapacity(_ count: Int) { fields.reserveCapacity(count) }

    /// The first value of the name. Setting replaces all fields of the name by one, nil removes them.
    package subscript(_ name: HeaderName) -> String? {
        get { fields.first { $0.name == name }?.value }
        set {
            guard let newValue else { return remove(name) }
            let field = Field(name, newValue)
            guard let index = fields.firstIndex(where: { $0.name == name }) else { return fields.append(field) }
            fields[index] = field
            if let next = fields[(index + 1)...].firstIndex(where: { $0.name == name }) {
                fields[next...].removeAll { $0.name == name }
            }
        }
    }

    package func contains(_ name: HeaderName) -> Bool { fields.contains { $0.name == name } }

    package func all(_ name: HeaderName) -> [String] { fields.compactMap { $0.name == name ? $0.value : nil } }

    package mutating func add(_ name: HeaderName, _ value: String) { fields.append(Field(name, value)) }

    package mutating func add(contentsOf others: HTTPHeaders) { fields += others.fields }

    /// Faster than a loop over the collection, which copies each field.
    @inline(__always)
    func forEachField(_ body: (borrowing Field) -> Void) {
        let span = fields.span
        for index in span.indices { body(span[index]) }
    }

    package mutating func remove(_ name: HeaderName) { fields.removeAll { $0.name == name } }
}

extension HTTPHeaders: RandomAccessCollection {
    package var startIndex: Int { fields.startIndex }
    package var endIndex: Int { fields.endIndex }
    package subscript(_ index: Int) -> Field { fields[index] }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (HeaderName, String)...) {
        fields = elements.map { Field($0.0, $0.1) }
    }
}
