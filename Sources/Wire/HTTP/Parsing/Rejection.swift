/// Why bytes are not the message they claim to be, and what to answer before closing the connection. The reason is for
/// logs and tests; it quotes nothing that was received.
package struct Rejection: Error, Equatable, Sendable {
    package let status: HTTPStatus
    package let reason: StaticString

    package init(_ status: HTTPStatus = .badRequest, _ reason: StaticString) {
        (self.status, self.reason) = (status, reason)
    }

    package static func == (one: Rejection, other: Rejection) -> Bool {
        one.status == other.status && one.reason.description == other.reason.description
    }
}

/// How much of a head is read before it is refused (platform.md §3). Each limit is at most 65,535.
package struct HeadLimits: Sendable {
    /// The request line with its line end.
    package let lineBytes: Int
    /// All field lines with the empty line that ends them.
    package let fieldBytes: Int
    package let fieldCount: Int

    package init(lineBytes: Int = 16_384, fieldBytes: Int = 16_384, fieldCount: Int = 100) {
        self.lineBytes = min(max(lineBytes, 16), 65_535)
        self.fieldBytes = min(max(fieldBytes, 2), 65_535)
        self.fieldCount = min(max(fieldCount, 0), 65_535)
    }
}
