/// Limits and timeouts of the HTTP server, and how it stands towards browsers and proxies.
package struct HTTPConfig: Sendable {
    package let maxHead: ByteSize
    package let maxHeaders: Int
    package let maxBody: ByteSize
    package let maxConnections: Int
    package let headTimeout: Duration
    package let bodyMinRate: ByteSize
    package let bodyGrace: Duration
    package let writeStall: Duration
    package let idleTimeout: Duration
    package let handlerTimeout: Duration
    package let shutdownGrace: Duration
    package let corsOrigins: [String]
    package let basePath: String

    package init(_ env: inout ConfigReader, _ app: AppConfig) {
        env.section("HTTP limits")
        maxHead = env(
            "HTTP_MAX_HEAD", .byteSize(.kibibytes(1)...(.mebibytes(1))), default: .kibibytes(16),
            help: "Request line and headers together; beyond it 414 or 431")
        maxHeaders = env("HTTP_MAX_HEADERS", .int(1...10_000), default: 100, help: "Header lines; beyond it 431")
        maxBody = env(
            "HTTP_MAX_BODY", .byteSize(.bytes(0)...(.mebibytes(1024))), default: .mebibytes(1),
            help: "Request body, also after decompression; beyond it 413")
        maxConnections = env(
            "HTTP_MAX_CONNECTIONS", .int(1...1_000_000), default: 10_000,
            help: "Open connections of a service; beyond it 503 and close")
        headTimeout = env(
            "HTTP_HEAD_TIMEOUT", .timeout, default: .seconds(10), help: "To read a request's head; then 408")
        bodyMinRate = env(
            "HTTP_BODY_MIN_RATE", .byteSize(.bytes(0)...(.mebibytes(1024))), default: .kibibytes(1),
            help: "Bytes a second that a request body must keep up on average; below it 408; `0` turns it off")
        bodyGrace = env(
            "HTTP_BODY_GRACE", .timeout, default: .seconds(10), help: "How long a body may be slower than that at first"
        )
        writeStall = env(
            "HTTP_WRITE_STALL", .timeout, default: .seconds(30),
            help: "A reader that takes nothing for so long is cut off")
        idleTimeout = env(
            "HTTP_IDLE_TIMEOUT", .timeout, default: .seconds(75), help: "How long an idle connection is kept")
        handlerTimeout = env(
            "HTTP_HANDLER_TIMEOUT", .timeout, default: .seconds(30), help: "How long a handler may take; then 503")
        shutdownGrace = env(
            "SHUTDOWN_GRACE", .duration(.zero ... .seconds(3600)), default: .seconds(10),
            help: "How long requests and message handlers may finish after SIGTERM")

        env.section("Browsers and proxies")
        corsOrigins = env(
            "CORS_ORIGINS", .list(.origin), default: [],
            help: "Origins whose pages may call the API; `*` in development only")
        basePath = env(
            "PROXY_BASE_PATH", .basePath, default: "/", help: "Path below which a proxy mounts the service")
        if app.environment == .production, corsOrigins.contains("*") {
            env.refuse("CORS_ORIGINS", because: "* is allowed in development only; list the origins")
        }
    }
}

extension Kind<Duration> {
    /// Above zero, since no timeout at all would let one client hold a connection for ever.
    fileprivate static var timeout: Self { .duration(.milliseconds(1) ... .seconds(3600)) }
}

extension Kind<String> {
    /// RFC 6454 §6.2: scheme, host and port, nothing else. Browsers send no trailing slash, so one would never match.
    static var origin: Self {
        Kind("`*` or an origin such as https://app.example.com") { text in
            if text == "*" { return text }
            let scheme = ["https://", "http://"].first { text.hasPrefix($0) }
            guard let scheme, case let host = text.dropFirst(scheme.count), !host.isEmpty else { return nil }
            return host.utf8.allSatisfy(Self.isHostByte) ? text.lowercased() : nil
        }
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._:[]".utf8.contains(byte)
        }
    }

    /// `/` or `/shop/api`: starts with a slash, and the one at the end is dropped.
    static var basePath: Self {
        Kind("a path that starts with /, without query or dot segments") { text in
            let segments = text.split(separator: "/")
            guard text.hasPrefix("/"), !segments.contains(where: { $0 == "." || $0 == ".." }),
                text.utf8.allSatisfy({
                    (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#")
                })
            else { return nil }
            return "/" + segments.joined(separator: "/")
        }
    }
}
