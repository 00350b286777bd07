import TradewindCQRS
import TradewindDomain
internal import TradewindHTTP
internal import TradewindJSON
import TradewindRuntime
import TradewindSecurity

/// What a request can bring along to say whose it is, and whom it then stands for: nil for what counts for nothing.
struct Credential: Sendable, CustomStringConvertible {
    let description: String, headers: HTTPHeaders, caller: Caller?

    static let user = UUID(high: 1, low: 1)
    private static let secret = "the secret of all processes"
    private static let tokens = AccessTokens(TokenKeys([TokenKey(secret: secret)]))

    static let authentication = Authentication(
        tokens: tokens, apiKeys: APIKeys([("internal", "the key")]), identity: SignedIdentity(secret: secret),
        isRequired: true, clockwork: .live)

    /// With each role, and with none.
    static func all() throws -> [Credential] {
        let now = Clockwork.live.now()
        var all = [
            Credential(description: "nothing", headers: [:], caller: .anonymous),
            Credential(description: "a service's key", headers: [.xAPIKey: "the key"], caller: .service("internal")),
            Credential(description: "a wrong key", headers: [.xAPIKey: "a key"], caller: nil),
        ]
        for role in Role.allCases {
            let token = try tokens.issue(to: user, as: role, id: .zero, at: now).token
            all.append(Credential("\(role)", token, .user(user, role)))
            all.append(Credential("\(role), expired", try expired(role), nil))
            all.append(Credential("\(role), tampered with", try tampered(token, role), nil))
            all.append(Credential("\(role), its signature cut", String(token.dropLast()), nil))
            for alg in ["none", "None", "NONE"] {
                all.append(Credential("\(role), alg \(alg)", unsigned(token, alg) + ".", nil))
                all.append(
                    Credential("\(role), alg \(alg), signed", unsigned(token, alg) + "." + signature(token), nil))
            }
            let stranger = AccessTokens(TokenKeys([TokenKey(secret: "somebody else's secret")]))
            all.append(
                Credential(
                    "\(role), another key", try stranger.issue(to: user, as: role, id: .zero, at: now).token, nil))
        }
        return all
    }

    private init(description: String, headers: HTTPHeaders, caller: Caller?) {
        (self.description, self.headers, self.caller) = (description, headers, caller)
    }

    private init(_ description: String, _ token: String, _ caller: Caller?) {
        self.init(description: description, headers: [.authorization: "Bearer \(token)"], caller: caller)
    }

    private static func expired(_ role: Role) throws -> String {
        try tokens.issue(to: user, as: role, id: .zero, at: Clockwork.live.now() - .seconds(3_600)).token
    }

    /// Says another role than was signed.
    private static func tampered(_ token: String, _ role: Role) throws -> String {
        let parts = token.split(separator: ".").map(String.init)
        let payload = String(decoding: Base64URL.decode(String(parts[1])) ?? [], as: UTF8.self)
        let other = payload.replacing(role.rawValue, with: role == .admin ? "USER" : "ADMIN")
        return [parts[0], Base64URL.text(Array(other.utf8).span), parts[2]].joined(separator: ".")
    }

    private static func unsigned(_ token: String, _ alg: String) -> String {
        let header = Base64URL.text(Array(#"{"alg":"\#(alg)","typ":"JWT"}"#.utf8).span)
        return "\(header).\(token.split(separator: ".")[1])"
    }

    private static func signature(_ token: String) -> Substring { token.split(separator: ".")[2] }
}
