package import TradewindHTTP

/// Whose word counts for where a request comes from. A proxy that is believed has written down last whom it was talking
/// to; what stands before that in `X-Forwarded-For` anybody may have written. A peer that is not believed is the
/// client.
package struct TrustedProxies: Sendable {
    private let ranges: [NetworkRange]

    package init(_ ranges: [NetworkRange]) { self.ranges = ranges }

    /// The address that a request comes from.
    package func client(of request: Request) -> String {
        let peer = request.peer.host
        guard let fields = request.head.all(.xForwardedFor).last, ranges.contains(where: { $0.contains(peer) }) else {
            return peer
        }
        let last = String(fields.split(separator: ",", omittingEmptySubsequences: false).last ?? "").trimmed
        return NetworkRange.isAddress(last) ? last : peer
    }
}

extension Kind<NetworkRange> {
    package static var networkRange: Self {
        Self("an address or a range such as 10.0.0.0/8", parse: { NetworkRange($0) })
    }
}
