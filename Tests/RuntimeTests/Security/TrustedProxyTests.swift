import Testing
import TradewindHTTP
import TradewindRuntime
import TradewindTesting

@Suite struct `The address of a client` {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.0.0.0/8", "::ffff:10.1.2.3", true),
        ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false), ("0.0.0.0/0", "203.0.113.9", true),
        ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "10.0.0.1", true), ("fd00::/8", "fdab::1", true),
        ("fd00::/8", "fe80::1", false), ("::1", "0:0:0:0:0:0:0:1", true), ("2001:db8::/33", "2001:db8:7fff::", true),
        ("2001:db8::/33", "2001:db8:8000::", false), ("10.0.0.0/8", "10.0.0", false),
        ("10.0.0.0/8", "localhost", false),
        ("::/0", "1::2::3", false), ("::/0", "1:2:3:4:5:6:7:8:9", false), ("::/0", "1:2:3:4:5:6:7", false),
        ("::/0", "::+1", false), ("::/0", "::12345", false), ("::/0", "::256.0.0.1", false), ("::/0", "", false),
    ]) func `is in a range or not, however it is written`(range: String, address: String, isIn: Bool) throws {
        #expect(try #require(NetworkRange(range)).contains(address) == isIn)
    }

    @Test(arguments: [
        "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0/8", "::/129", "a/8", "::1/ 8",
    ])
    func `has no range in what is none`(text: String) { #expect(NetworkRange(text) == nil) }

    @Test(
        arguments: [
            (nil, "127.0.0.1"), ("203.0.113.9", "203.0.113.9"), ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
            ("203.0.113.9,", "127.0.0.1"), ("evil", "127.0.0.1"), ("203.0.113.9, 2001:db8::1 ", "2001:db8::1"),
            ("1.1.1.1:80", "127.0.0.1"),
        ] as [(String?, String)]) func `is what a trusted proxy says last`(said: String?, address: String) async throws
    {
        for (trusted, expected) in [("127.0.0.0/8", address), ("10.0.0.0/8", "127.0.0.1")] {
            let proxies = TrustedProxies([try #require(NetworkRange(trusted))])
            let routes = try Routes([.get("/") { .text(proxies.client(of: $0)) }])
            let headers: HTTPHeaders = said.map { [.xForwardedFor: $0] } ?? [:]
            let answer = try await routes.serve(via: .inProcess) { try await $0.get("/", headers: headers) }
            #expect(answer.text == expected)
        }
    }

    @Test func `of another service is that of its setting, or of the port table`() throws {
        func urls(_ variables: [String: String]) throws -> [String] {
            var env = ConfigReader(ConfigSources(variables))
            let listen = ListenConfig(&env, hosting: [HostedService("auth", port: 3006)])
            let users = env.address(of: "users", port: 3001)
            try env.check()
            return listen.urls(of: users)
        }
        #expect(try urls([:]) == ["http://127.0.0.1:3001"])
        #expect(try urls(["PORT_OFFSET": "100", "HOST": "0.0.0.0"]) == ["http://127.0.0.1:3101"])
        #expect(try urls(["HOST": "::1"]) == ["http://[::1]:3001"])
        #expect(try urls(["USER_SERVICE_URL": "http://a:1, http://b:2"]) == ["http://a:1", "http://b:2"])
        #expect(throws: ConfigError.self) { try urls(["USER_SERVICE_URL": "users"]) }
    }
}
