package import TradewindCQRS
internal import TradewindDomain
package import TradewindHTTP

/// The services that the gateway stands in front of, as the port table has them.
package enum Backend: String, CaseIterable, Sendable {
    case users, orders, payments, channels, auth

    var port: UInt16 {
        switch self {
        case .users: 3001
        case .orders: 3002
        case .payments: 3003
        case .channels: 3004
        case .auth: 3006
        }
    }
}

/// All that lies below a path, and who answers it.
package struct GatewayRoute: Sendable {
    package let prefix: String
    let backend: Backend, access: Access
    /// Where a method asks for less, or for more.
    let exceptions: [HTTPMethod: Access]
    /// What a body may have at most, where the server's limit is not the right one.
    let bodyLimit: Int?

    package init(
        _ prefix: String, to backend: Backend, access: Access, except exceptions: [HTTPMethod: Access] = [:],
        bodyLimit: Int? = nil
    ) {
        (self.prefix, self.backend, self.access) = (prefix, backend, access)
        (self.exceptions, self.bodyLimit) = (exceptions, bodyLimit)
    }

    package static let methods: [HTTPMethod] = [.get, .post, .put, .patch, .delete, .options]

    /// Which methods there are, the service tells everybody.
    package func access(by method: HTTPMethod) -> Access {
        exceptions[method] ?? (method == .options ? .anyone : access)
    }
}

extension [GatewayRoute] {
    /// The services decide about each of their endpoints; what stands here is what nobody gets past the gateway
    /// without.
    package static let standard: [GatewayRoute] = [
        .init("/api/auth", to: .auth, access: .anyone),
        .init("/api/users", to: .users, access: .signedIn, except: [.post: .anyone]),
        .init("/api/orders", to: .orders, access: .signedIn),
        .init("/api/payments", to: .payments, access: .signedIn),
        .init("/api/channels", to: .channels, access: .signedIn, bodyLimit: 8 << 20),
        .init("/api/signals", to: .channels, access: .signedIn),
        .init("/hooks/channels", to: .channels, access: .anyone),  // signed by their senders
        .init("/messaging", to: .channels, access: .service),
        .init("/integration-events", to: .channels, access: .role(.admin)),
    ]
}
