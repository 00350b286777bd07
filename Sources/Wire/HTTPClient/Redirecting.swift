internal import TradewindHTTP

extension ClientLoop {
    /// Follows redirects as RFC 9110 §15.4 says, and as browsers do where it leaves a choice.
    func follow(_ request: ClientRequest, most: Int) async throws -> ClientResponse {
        var request = request
        for _ in 0...max(0, most) {
            let response = try await send(request)
            guard let next = try request.following(response) else { return response }
            request = next
        }
        throw ClientError.tooManyRedirects(limit: most)
    }
}

extension ClientRequest {
    /// The request that the response asks for instead; nil when it is an answer.
    func following(_ response: ClientResponse) throws(ClientError) -> ClientRequest? {
        guard let location = response[.location] else { return nil }
        var next = self
        switch response.status.code {
        case 301, 302: if method == .post { next.becomeGet() }
        case 303: if method != .head { next.becomeGet() }
        case 307, 308: guard body.isReplayable else { return nil }
        default: return nil
        }
        guard next.body.isReplayable else { return nil }
        let address = Address(origin: origin, target: target).resolving(location)
        guard let address, !(origin.scheme == .https && address.origin.scheme == .http) else {
            throw .unfollowableRedirect(location)
        }
        if address.origin != origin { next.dropSecrets() }
        (next.origin, next.target) = (address.origin, address.target)
        return next
    }

    private mutating func becomeGet() {
        (method, body) = (.get, .none)
        for name: HeaderName in [.contentType, .contentEncoding, .contentLanguage, .contentLocation] {
            headers.remove(name)
        }
    }

    /// What was meant for one server is not told to another.
    private mutating func dropSecrets() {
        forwarded = nil
        for name: HeaderName in [.authorization, .cookie, .proxyAuthorization, .xAPIKey, .host] { headers.remove(name) }
    }
}
