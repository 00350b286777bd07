internal import TradewindDomain
internal import TradewindMessaging

/// An entry of a stream. Ours have the fields `key` and `body` first and then one for each header; whatever else a
/// stranger wrote becomes a message too, for its handler to refuse.
struct Entry {
    let id: EntryID
    /// Nil when it was removed from the stream after it was delivered.
    private let fields: [RedisValue]?

    /// A handler looks at a handful. Scripts cannot take more than some thousand words.
    static let mostHeaders = 256

    init?(_ value: RedisValue) {
        guard let parts = value.array, parts.count == 2, let id = parts[0].text.flatMap(EntryID.init) else {
            return nil
        }
        (self.id, fields) = (id, parts[1].array)
    }

    var isGone: Bool { fields == nil }

    /// The first field of that name; later ones are headers that happen to be called so.
    func field(_ name: StaticString) -> [UInt8]? {
        guard let fields else { return nil }
        for index in stride(from: 0, to: fields.count - 1, by: 2) where fields[index].isWord(name) {
            return fields[index + 1].bytes
        }
        return nil
    }

    func text(_ name: StaticString) -> String { field(name).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    /// All but the first of each of these.
    func headers(beside names: [StaticString]) -> [String: String] {
        var headers: [String: String] = [:]
        guard let fields else { return headers }
        var own = names
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            if let known = own.firstIndex(where: { fields[index].isWord($0) }) {
                own.remove(at: known)
            } else if headers.count < Self.mostHeaders, let name = fields[index].text {
                headers[name] = fields[index + 1].text
            }
        }
        return headers
    }

    func delivery(in lane: Lane) -> Delivery {
        Delivery(
            place: Place(lane, id.position), topic: lane.topic, key: text("key"), body: field("body") ?? [],
            headers: headers(beside: Self.own))
    }

    private static let own: [StaticString] = ["key", "body"]
}

extension RedisValue {
    fileprivate func isWord(_ word: StaticString) -> Bool {
        guard case .bytes(let bytes) = self, bytes.count == word.utf8CodeUnitCount else { return false }
        return unsafe bytes.elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: bytes.count))
    }

    var entries: [Entry] { (array ?? []).compactMap(Entry.init) }
}

// MARK: Dead letters

extension Entry {
    private static let ofLetters: [StaticString] = ["key", "body", "reason", "attempts", "group", "failedAt", "place"]

    /// Nil for what is none of ours.
    var deadLetter: DeadLetter? {
        guard let identifier, let attempts = Int(text("attempts")) else { return nil }
        return DeadLetter(
            id: identifier, key: text("key"), body: field("body") ?? [], headers: headers(beside: Self.ofLetters),
            reason: text("reason"), attempts: attempts,
            at: Timestamp(text("failedAt")) ?? Timestamp(microseconds: 0))
    }

    var identifier: DeadLetter.Identifier? { DeadLetter.Identifier("\(text("place"))~\(text("group"))") }
}

extension DeadLetter {
    var words: [any RedisWord] {
        var words: [any RedisWord] = [
            "key", key, "body", body, "reason", reason, "attempts", attempts, "group", id.group,
            "failedAt", at.description, "place", id.place.description,
        ]
        for (name, value) in headers.prefix(Entry.mostHeaders) { words += [name, value] as [any RedisWord] }
        return words
    }
}
