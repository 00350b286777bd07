internal import TradewindHTTP

/// What the conditions of a request come to, in the order of RFC 9110 §13.2.2.
enum Precondition {
    case holds, failed, notModified

    /// - Parameter modified: seconds since 1970; finer times cannot be said in a date.
    init(_ head: RequestHead, _ tag: EntityTag, modified: Int) {
        if Precondition.isLost(head, tag, modified) {
            self = .failed
        } else if let condition = Precondition.tags(head, .ifNoneMatch) {
            self = condition.matchesWeakly(tag) ? .notModified : .holds
        } else if let date = head[.ifModifiedSince].flatMap(HTTPDate.parse), modified <= date {
            self = .notModified
        } else {
            self = .holds
        }
    }

    private static func isLost(_ head: RequestHead, _ tag: EntityTag, _ modified: Int) -> Bool {
        if let condition = tags(head, .ifMatch) { return !condition.matchesStrongly(tag) }
        return head[.ifUnmodifiedSince].flatMap(HTTPDate.parse).map { modified > $0 } ?? false
    }

    private static func tags(_ head: RequestHead, _ name: HeaderName) -> EntityTagCondition? {
        let fields = head.all(name)
        return fields.isEmpty ? nil : EntityTagCondition(fields.joined(separator: ", "))
    }
}
