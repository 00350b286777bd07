package import ChannelsContracts
package import TradewindDomain

/// What somebody wrote in a channel, and what became of it.
package struct ChannelMessage: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Codable, Sendable {
        case signal, update, close
        /// It means nothing to a trader.
        case none
        /// It means something that must not be done.
        case rejected
    }

    package let id: MessageID, content: MessageContent, receivedAt: Timestamp
    package internal(set) var kind = Kind.none
    /// The signal that it proposes.
    package internal(set) var signal: SignalID?
    package internal(set) var updated: [SignalID] = []
    /// Why it has no effect.
    package internal(set) var reason: String?

    package init(_ id: MessageID, _ content: MessageContent, at now: Timestamp) {
        (self.id, self.content, receivedAt) = (id, content, now)
    }

    /// The signals that it is about.
    package var signals: [SignalID] { (signal.map { [$0] } ?? []) + updated }

    /// It is kept and means nothing.
    package mutating func ignore(because reason: String) { (kind, self.reason) = (.none, reason) }

    /// As it was stored.
    init(
        id: MessageID, content: MessageContent, receivedAt: Timestamp, kind: Kind, signal: SignalID?,
        updated: [SignalID], reason: String?
    ) {
        (self.id, self.content, self.receivedAt) = (id, content, receivedAt)
        (self.kind, self.signal, self.updated, self.reason) = (kind, signal, updated, reason)
    }
}

/// A message as it comes from outside.
package struct MessageContent: Equatable, Sendable {
    package let text: String, author: String?, sentAt: Timestamp?
    /// By which it is known when it comes again.
    package let externalID: ExternalID?
    /// The message that it answers.
    package let replyTo: ExternalID?

    package static let longest = 128 << 10
    package static let authorLengths = 1...255

    package init(
        text: String, author: String?, sentAt: Timestamp?, externalMessageID: String?, replyTo: String?
    ) throws(Violations) {
        var check = Validation()
        check.require(text.utf8.count <= Self.longest, .length, "must have at most \(Self.longest) bytes", at: "text")
        check.require(!text.utf8.contains(0), .format, "must not hold a NUL", at: "text")
        let author = check("author", ifPresent: author) { (text) throws(Violations) in
            try oneLine(text, Self.authorLengths)
        }
        let externalID = check("externalMessageId", ifPresent: externalMessageID) { (text) throws(Violations) in
            try ExternalID(text)
        }
        let answered = check("replyTo", ifPresent: replyTo) { (text) throws(Violations) in try ExternalID(text) }
        try check.done()
        self.init(stored: text, author: author, sentAt: sentAt, externalID: externalID, replyTo: answered)
    }

    init(stored text: String, author: String?, sentAt: Timestamp?, externalID: ExternalID?, replyTo: ExternalID?) {
        (self.text, self.author, self.sentAt) = (text, author, sentAt)
        (self.externalID, self.replyTo) = (externalID, replyTo)
    }
}
