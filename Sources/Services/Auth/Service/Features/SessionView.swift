package import TradewindAPI
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindJSON

/// What one who has logged in is given, once.
package struct SessionView: Codable, Equatable, Sendable {
    package let user: Account
    package let accessToken: String, refreshToken: String
    /// Always `Bearer`.
    package let tokenType: String
    /// Seconds until the access token counts no more.
    package let expiresIn: Int
}

extension Account: Described {
    package static var schema: Schema {
        Schema(of: Self.self).with("email", .text(format: "email").example("john.doe@example.com"))
            .with("name", .text().example("John Doe"))
    }
}
