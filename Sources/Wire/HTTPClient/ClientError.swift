package import TradewindHTTP
package import TradewindReactor

/// Why there is no answer, or not the whole of it.
package enum ClientError: Error, Equatable, Sendable {
    /// Not an address of the form `http(s)://host[:port]/path`.
    case invalidAddress(String)
    /// The host's name has no address; in the resolver's words.
    case resolution(String)
    case connectTimedOut
    case refused(SystemError)
    /// The certificate or the handshake was not what it should be; in OpenSSL's words.
    case tls(String)
    /// All connections to the origin were busy for too long, or too many callers wait for one already.
    case overloaded
    /// The request was sent and no answer began in time.
    case firstByteTimedOut
    /// Nothing moved for too long in the middle of a message.
    case stalled
    case totalTimedOut
    /// The peer went away before its message was complete.
    case connectionClosed
    /// What came is not HTTP, or is framed in a way that two readers could read in two ways.
    case malformed(Rejection)
    /// The content has more bytes than its reader accepts.
    case tooLarge(limit: Int)
    /// The content is not the gzip that its head says it is.
    case corruptContent
    /// A streamed request body was longer or shorter than announced.
    case wrongBodyLength
    case tooManyRedirects(limit: Int)
    /// A redirect to what is no address of ours, or from https to http.
    case unfollowableRedirect(String)
    /// The content was read already, in part or in whole.
    case contentTaken
    /// The server did not agree to the protocol that the request wanted to change to.
    case upgradeRefused(HTTPStatus)
    case webSocketRefused(WebSocketHandshakeError)
    /// The peer broke the WebSocket protocol.
    case webSocketViolation(WebSocketViolation)
    /// The task was cancelled.
    case cancelled
    /// The client was shut down.
    case shutDown
}

/// A service that could not reach another answers so, without saying where it tried.
extension ClientError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .connectTimedOut, .firstByteTimedOut, .stalled, .totalTimedOut: Problem(.gatewayTimeout)
        case .resolution, .refused, .overloaded, .cancelled, .shutDown: Problem(.serviceUnavailable)
        case .tls, .connectionClosed, .malformed, .tooLarge, .corruptContent, .tooManyRedirects,
            .unfollowableRedirect, .upgradeRefused, .webSocketRefused, .webSocketViolation:
            Problem(.badGateway)
        case .invalidAddress, .wrongBodyLength, .contentTaken: Problem(.internalServerError)
        }
    }
}
