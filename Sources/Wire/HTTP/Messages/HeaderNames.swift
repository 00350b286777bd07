/// Names to be found among received fields: the known ones by a bit, others by their bytes.
package struct HeaderNames: Sendable, ExpressibleByArrayLiteral {
    private var known = KnownHeaderSet()
    private var others: [HeaderName] = []

    package init(_ names: [HeaderName]) {
        for name in names {
            if let header = name.known { known.insert(header) } else { others.append(name) }
        }
    }

    package init(arrayLiteral names: HeaderName...) { self.init(names) }

    package func union(_ names: HeaderNames) -> HeaderNames {
        var all = self
        all.known.formUnion(names.known)
        all.others += names.others
        return all
    }

    package func contains(_ name: HeaderName) -> Bool { name.known.map(known.contains) ?? others.contains(name) }

    func overlaps(_ header: KnownHeaderSet) -> Bool { known.overlaps(header) || !others.isEmpty }

    @inline(__always)
    func contains(_ field: HeadField, of storage: HeadStorage) -> Bool {
        if let header = field.known { return known.contains(header) }
        return !others.isEmpty && isAmongOthers(field, storage)
    }

    private func isAmongOthers(_ field: HeadField, _ storage: HeadStorage) -> Bool {
        storage.withBytes(field.name) { name in others.contains { name.equals($0) } }
    }
}

extension HeaderNames {
    /// What describes the connection and not the message (RFC 9110 §7.6.1), and framing, which whoever sends the
    /// message on does anew: a second Content-Length would be read in two ways.
    package static let ofConnection: HeaderNames = [
        .connection, .keepAlive, .transferEncoding, .contentLength, .te, .trailer, .upgrade, .expect,
        .proxyAuthenticate, .proxyAuthorization, "proxy-connection",
    ]
}

extension ReceivedHeaders {
    /// What the Connection field says must not be passed on, beside what never is. Nil nearly always.
    var namedByConnection: HeaderNames? {
        guard contains(.connection) else { return nil }
        var names: [HeaderName] = []
        for index in 0..<count where storage.field(index).known == .connection {
            storage.withBytes(storage.field(index).value) { value in
                var members = ListMembers(0..<value.count)
                while let member = members.next(in: value) {
                    // What is said nearly always names no field.
                    if value.equals(member, ignoringCase: "keep-alive") || value.equals(member, ignoringCase: "close") {
                        continue
                    }
                    if let name = HeaderName(value.string(in: member)) { names.append(name) }
                }
            }
        }
        return names.isEmpty ? nil : HeaderNames(names)
    }
}

extension Span<UInt8> {
    fileprivate func equals(_ name: HeaderName) -> Bool {
        let expected = name.spelling.utf8Span.span
        guard count == expected.count else { return false }
        for index in indices where self[index].lowercased != expected[index] { return false }
        return true
    }
}
