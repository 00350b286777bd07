package import TradewindHTTP

/// A request to be sent. Framing (length, chunks, connection) is the client's business, so such fields are left out of
/// whatever headers it is given.
package struct ClientRequest: Sendable {
    package var method: HTTPMethod
    package var origin: Origin
    /// Path and query. Bytes that have no place in a request line are escaped.
    package var target: String
    package var headers = HTTPHeaders()
    /// Fields of a received request that go along, less those that a proxy keeps to itself.
    package var forwarded: ForwardedHeaders?
    package var body: ClientRequestBody
    package var redirects = Redirects.returned
    /// Asks for gzip and takes it off. The response's head stays as it came.
    package var decompresses = false
    /// The protocol that the connection should change to: `websocket`.
    package var upgrade: String?
    /// In place of the client's.
    package var timeouts: ClientTimeouts?

    package init(
        _ method: HTTPMethod = .get, _ origin: Origin, target: String, headers: HTTPHeaders = HTTPHeaders(),
        body: ClientRequestBody = .none
    ) {
        (self.method, self.origin, self.target) = (method, origin, target)
        (self.headers, self.body) = (headers, body)
    }

    package init(
        _ method: HTTPMethod = .get, _ address: String, headers: HTTPHeaders = HTTPHeaders(),
        body: ClientRequestBody = .none
    ) throws(ClientError) {
        guard let parsed = Address(address) else { throw .invalidAddress(address) }
        self.init(method, parsed.origin, target: parsed.target, headers: headers, body: body)
    }
}

package enum Redirects: Sendable, Equatable {
    /// The 3xx is the answer.
    case returned
    case followed(most: Int)
}

package enum ClientRequestBody: Sendable {
    case none
    case bytes([UInt8])
    /// Written while it is sent, no faster than the server takes it; in chunks when the length is not known.
    case stream(length: Int?, @Sendable (BodyWriter) async throws -> Void)

    /// Whether it can be sent a second time.
    var isReplayable: Bool {
        if case .stream = self { false } else { true }
    }
}

/// What a proxy passes on: the received bytes, without text being made of them.
package struct ForwardedHeaders: Sendable {
    let headers: ReceivedHeaders
    let drops: HeaderNames

    /// `drops` says which fields stay behind, besides those that Connection names.
    package init(_ headers: ReceivedHeaders, dropping drops: HeaderNames = .ofRequest) {
        (self.headers, self.drops) = (headers, drops)
    }
}

extension HeaderNames {
    /// What never goes along: what is about the connection, and Host, which the client writes.
    package static let ofRequest = ofConnection.union([.host])
}
