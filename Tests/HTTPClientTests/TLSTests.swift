import Foundation
import Synchronization
import Testing
import TradewindHTTP
import TradewindHTTPClient
import TradewindLocks
import TradewindReactor
import TradewindTesting

@Suite(.enabled(if: Certificates.isPossible, "the openssl program is not installed"))
struct `A server behind TLS` {
    /// Runs `openssl s_server` as a web server with a certificate for `names`, and asks it by `host`.
    private func asking(
        _ host: String = "localhost", namedBy names: String = "DNS:localhost", isExpired: Bool = false,
        trusting trusts: Bool = true, verifying verifies: Bool = true, options: [String] = [],
        _ body: @escaping @Sendable (HTTPClient, String) async throws -> Void
    ) async throws {
        let certificates = try await Certificates(for: names, isExpired: isExpired)
        defer { certificates.remove() }
        let server = try await certificates.serve(["-www"] + options)
        defer { server.stop() }
        var settings = ClientSettings()
        settings.tls.authorities = trusts ? certificates.authority : nil
        settings.tls.verifiesPeer = verifies
        try await withClient(settings) { try await body($0, "https://\(host):\(server.port)/") }
    }

    private func failure(
        _ host: String = "localhost", namedBy names: String = "DNS:localhost", isExpired: Bool = false,
        trusting trusts: Bool = true, options: [String] = []
    ) async throws -> String {
        let words = Lock("")
        try await asking(host, namedBy: names, isExpired: isExpired, trusting: trusts, options: options) {
            client, url in
            do {
                let status = try await client.get(url).status
                words.withLock { $0 = "answered \(status)" }
            } catch ClientError.tls(let reason) {
                words.withLock { $0 = reason }
            }
        }
        return words.withLock { $0 }
    }

    @Test func `answers when its certificate is good`() async throws {
        try await asking { client, url in
            let text = try await client.get(url).text
            #expect(text.contains("s_server"))
            #expect(text.contains("TLSv1.3"))
        }
    }

    @Test func `answers when its certificate names its address`() async throws {
        try await asking("127.0.0.1", namedBy: "IP:127.0.0.1") { client, url in
            let text = try await client.get(url).text
            #expect(text.contains("s_server"))
        }
    }

    @Test func `is told the name it is asked by`() async throws {
        // With a name that the server does not have it would warn or refuse; with the right one it serves.
        try await asking(
            options: ["-servername", "localhost", "-servername_fatal", "-cert2", "peer.pem", "-key2", "peer.key"]
        ) { client, url in
            let status = try await client.get(url).status
            #expect(status == .ok)
        }
    }

    @Test func `speaks TLS 1·2 too`() async throws {
        try await asking(options: ["-tls1_2"]) { client, url in
            let text = try await client.get(url).text
            #expect(text.contains("TLSv1.2"))
        }
    }

    @Test func `is refused when its certificate has expired`() async throws {
        let words = try await failure(isExpired: true)
        #expect(words == "certificate has expired")
    }

    @Test(arguments: [
        ("localhost", "DNS:example.com"), ("127.0.0.1", "DNS:localhost"), ("127.0.0.1", "IP:127.0.0.2"),
        ("localhost", "DNS:*.localhost"), ("localhost", "DNS:*"),
    ])
    func `is refused when it is somebody else`(host: String, names: String) async throws {
        let words = try await failure(host, namedBy: names)
        #expect(words == "hostname mismatch" || words == "IP address mismatch")
    }

    @Test func `is refused when nobody vouches for it`() async throws {
        let words = try await failure(trusting: false)
        #expect(words == "unable to get local issuer certificate")
    }

    @Test func `is refused when it speaks only what is broken`() async throws {
        let words = try await failure(options: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
        #expect(!words.isEmpty && !words.hasPrefix("answered"))
    }

    @Test func `is believed anything when verification is off`() async throws {
        try await asking(namedBy: "DNS:example.com", isExpired: true, trusting: false, verifying: false) {
            client, url in
            let status = try await client.get(url).status
            #expect(status == .ok)
        }
    }

    @Test func `that speaks no TLS is refused`() async throws {
        try await withServer({ _ in .text("plain") }) { address in
            try await withClient { client in
                let error = await #expect(throws: ClientError.self) { try await client.get("https://\(address)/") }
                guard case .tls = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
        }
    }

    @Test func `may send much`() async throws {
        let certificates = try await Certificates(for: "DNS:localhost")
        defer { certificates.remove() }
        let content = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) })
        var file = Data("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n".utf8)
        file.append(content)
        try certificates.write(file, to: "large")
        let server = try await certificates.serve(["-HTTP"])
        defer { server.stop() }
        var settings = ClientSettings()
        settings.tls.authorities = certificates.authority
        try await withClient(settings) { client in
            let bytes = try await client.get("https://localhost:\(server.port)/large").bytes
            #expect(Data(bytes) == content)
        }
    }

    @Test func `that is cut off has not said all, though nothing announced more`() async throws {
        let certificates = try await Certificates(for: "DNS:localhost")
        defer { certificates.remove() }
        // Without an option it sends what it reads from its input.
        let server = try await certificates.serve([])
        defer { server.stop() }
        let input = try #require(server.process.standardInput as? Pipe).fileHandleForWriting
        try input.write(contentsOf: Data("HTTP/1.1 200 OK\r\n\r\npart".utf8))
        var settings = ClientSettings()
        settings.tls.authorities = certificates.authority
        try await withClient(settings) { client in
            var pieces = try await client.get("https://localhost:\(server.port)/").body.pieces()
            #expect(try await pieces.next() == Array("part".utf8))
            server.stop()
            await #expect(throws: ClientError.connectionClosed) { try await pieces.next() }
        }
    }

    /// With part of a record at hand and the rest on its way, the loop must go on with other work.
    @Test(.timeLimit(.minutes(1))) func `that pauses in the middle of a record keeps nobody waiting`() async throws {
        let certificates = try await Certificates(for: "DNS:localhost")
        defer { certificates.remove() }
        let long = String(repeating: "hello", count: 2000)
        try certificates.write("HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n\(long)", to: "greeting")
        let server = try await certificates.serve(["-HTTP"])
        defer { server.stop() }
        let isHolding = Atomic(false), mayGoOn = Atomic(false)
        // Passes bytes on between client and server, and holds the second half of the answer back until it may go.
        try await withPeer { caller in
            let loop = caller.socket.loop
            let upstream = RawConnection(
                try await loop.connect(to: [.loopback.with(port: server.port)], timeout: .seconds(60)), index: 0)
            try await withThrowingTaskGroup { group in
                group.addTask(executorPreference: loop) {
                    while true { try await upstream.send(try await caller.some()) }
                }
                while true {
                    let bytes = try await upstream.some()
                    // Nothing of the handshake is as large.
                    guard bytes.count > 5000 else {
                        try await caller.send(bytes)
                        continue
                    }
                    try await caller.send(Array(bytes.prefix(5000)))
                    isHolding.store(true, ordering: .relaxed)
                    while !mayGoOn.load(ordering: .relaxed) { try await loop.sleep(for: .milliseconds(1)) }
                    try await caller.send(Array(bytes.dropFirst(5000)))
                }
            }
        } _: { url, _ in
            var settings = ClientSettings()
            settings.tls.authorities = certificates.authority
            try await withServer({ _ in .text("plain") }) { plain in
                try await withClient(settings) { client in
                    let port = url.split(separator: ":").last ?? ""
                    let secure = Task(executorPreference: EventLoop.current) {
                        try await client.get("https://localhost:\(port)/greeting").text
                    }
                    try await eventually { isHolding.load(ordering: .relaxed) }
                    let other = try await client.get(plain.url).text
                    #expect(other == "plain")
                    mayGoOn.store(true, ordering: .relaxed)
                    let greeting = try await secure.value
                    #expect(greeting == long)
                }
            }
        }
    }

    @Test func `of an unreadable file of authorities says so`() async throws {
        var settings = ClientSettings()
        settings.tls.authorities = "/nowhere/ca.pem"
        try await withServer({ _ in .text("plain") }) { address in
            try await withClient(settings) { client in
                let error = await #expect(throws: ClientError.self) { try await client.get("https://\(address)/") }
                guard case .tls(let reason) = error else { return }
                #expect(reason.hasPrefix("/nowhere/ca.pem: "))
            }
        }
    }
}
