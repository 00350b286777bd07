package import TradewindDomain
package import TradewindHTTP
internal import TradewindJSON

/// What an endpoint gives when all goes well, and how a value becomes that answer.
package struct Answer<Value>: Sendable {
    let note: AnswerNote
    let render: @Sendable (Value, Call) throws -> Response
}

/// What the document says of an answer.
struct AnswerNote: Sendable {
    let status: HTTPStatus
    var contentType: ContentType?
    /// Learnt when the document is written.
    var schema: @Sendable () -> Schema? = { nil }
    var headers: [(name: String, summary: String)] = []
}

extension Answer where Value: Codable & Sendable {
    /// - Parameter tag: the version that a client can name in `If-Match`, and in `If-None-Match` to hear 304.
    package static func ok(_: Value.Type, tag: (@Sendable (Value) -> Version)? = nil) -> Answer {
        json(.ok, tag: tag)
    }

    /// - Parameter location: where the new thing is.
    package static func created(
        _: Value.Type, at location: @escaping @Sendable (Value) -> String, tag: (@Sendable (Value) -> Version)? = nil
    ) -> Answer {
        json(.created, location: location, tag: tag)
    }

    /// Taken, and done later.
    package static func accepted(_: Value.Type) -> Answer { json(.accepted) }

    private static func json(
        _ status: HTTPStatus, location: (@Sendable (Value) -> String)? = nil,
        tag: (@Sendable (Value) -> Version)? = nil
    ) -> Answer {
        var note = AnswerNote(status: status, contentType: .json, schema: { .of(Value.self) })
        if location != nil { note.headers.append(("Location", "Where it is")) }
        if tag != nil { note.headers.append(("ETag", "Its version, for If-Match and If-None-Match")) }
        return Answer(note: note) { value, call in
            var response = Response.bytes(try JSON.encode(value), .json, status: status)
            if let location { response.headers[.location] = location(value) }
            guard let tag else { return response }
            let entity = EntityTag(opaque: tag(value).description)
            response.headers[.etag] = entity.field
            let known = call.request[.ifNoneMatch].flatMap { EntityTagCondition($0) }
            guard call.request.method == .get || call.request.method == .head, known?.matchesWeakly(entity) == true
            else { return response }
            return Response(.notModified, headers: [.etag: entity.field])
        }
    }
}

extension Answer where Value == Void {
    package static var noContent: Answer { Answer(note: AnswerNote(status: .noContent)) { _, _ in .noContent } }
}

extension Answer where Value == Response {
    /// An answer that the handler makes itself: a stream, a page, a file.
    package static func raw(_ type: ContentType, _ status: HTTPStatus = .ok) -> Answer {
        Answer(note: AnswerNote(status: status, contentType: type)) { response, _ in response }
    }
}

/// A part of a list, and where the next begins.
package struct Page<Item: Codable & Sendable>: Sendable {
    package let items: [Item]
    /// The `after` of the next page; nil on the last.
    package let next: String?

    package init(_ items: [Item], next: String?) { (self.items, self.next) = (items, next) }

    /// Of one item more than was asked for: if it is there, there is a next page, after the last that is shown.
    package init(_ found: [Item], limit: Int, cursor: (Item) -> String) {
        let shown = Array(found.prefix(limit))
        self.init(shown, next: found.count > limit ? shown.last.map(cursor) : nil)
    }
}

extension Answer {
    /// A list, newest first. `Link: <…>; rel="next"` leads to the next page.
    package static func page<Item>(of _: Item.Type) -> Answer where Value == Page<Item> {
        let note = AnswerNote(
            status: .ok, contentType: .json, schema: { .list(of: .of(Item.self)) },
            headers: [("Link", "The next page: `<…>; rel=\"next\"`")])
        return Answer(note: note) { page, call in
            var response = Response.bytes(try JSON.encode(page.items), .json)
            if let next = page.next { response.headers[.link] = "<\(call.request.target(after: next))>; rel=\"next\"" }
            return response
        }
    }
}

extension Request {
    /// This request's target with another cursor.
    fileprivate func target(after cursor: String) -> String {
        let kept = head.queryItems.items.filter { $0.name != "after" } + [.init("after", cursor)]
        let query = kept.map { PercentCoding.encode($0.name) + "=" + PercentCoding.encode($0.value) }
        return path + "?" + query.joined(separator: "&")
    }
}
