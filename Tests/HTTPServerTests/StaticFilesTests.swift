import Foundation
import Testing
import TradewindHTTP
import TradewindHTTPServer
import TradewindReactor

@Suite struct `A folder of files` {
    @Test(
        arguments: [
            ("/", "<p>home", "text/html; charset=utf-8"), ("/index.html", "<p>home", "text/html; charset=utf-8"),
            ("/docs/", "<p>docs", "text/html; charset=utf-8"), ("/a.TXT", "text", "text/plain; charset=utf-8"),
            ("/app.js", "let a", "text/javascript; charset=utf-8"), ("/a%20b.json", "{}", "application/json"),
            ("/docs/../a.TXT", "text", "text/plain; charset=utf-8"), ("/noend", "?", "application/octet-stream"),
            ("/link.txt", "text", "text/plain; charset=utf-8"),
            ("/a.TXT?version=1", "text", "text/plain; charset=utf-8"),
        ]) func `is served by path`(path: String, body: String, type: String) async throws
    {
        let answer = try await Self.get(path)
        #expect(answer.status == 200 && answer.hasSuffix("\r\n\r\n\(body)"))
        #expect(answer.field("Content-Type") == type)
        #expect(answer.field("Accept-Ranges") == "bytes" && answer.field("Cache-Control") == "no-cache")
        #expect((answer.field("Content-Security-Policy") != nil) == type.hasPrefix("text/html"))
    }

    @Test(
        arguments: [
            "/missing", "/docs/missing", "/a.TXT/", "/a.TXT/b", "/empty/", "//a.TXT", "/docs//index.html", "/.secret",
            "/docs/.hidden/a.txt", "/docs%2Findex.html", "/%2e%2e%2foutside.txt", "/out.txt", "/up/outside.txt",
            "/docs/..%2f..%2foutside.txt", "/%5C..%5Coutside.txt", "/pipe", "/" + String(repeating: "x", count: 3_000),
        ]) func `has nothing at other paths, and no path leads out of it`(path: String) async throws
    {
        let answer = try await Self.get(path)
        #expect(answer.status == 404 || answer.status == 400, "\(answer)")
        #expect(!answer.contains("outside") || !answer.contains("secret"))
    }

    @Test(
        arguments: [
            ("/docs", "/docs/"), ("/docs?a=1", "/docs/?a=1"), ("/a%20folder", "/a%20folder/"),
        ]) func `sends who forgets the slash of a folder there`(path: String, location: String) async throws
    {
        let answer = try await Self.get(path)
        #expect(answer.status == 308 && answer.field("Location") == location)
    }

    @Test func `can only be read`() async throws {
        let answer = try await Self.get("/a.TXT", method: "DELETE")
        #expect(answer.status == 405 && answer.field("Allow") == "GET, HEAD")
    }

    @Test func `answers HEAD with the fields of GET and no body`() async throws {
        for path in ["/a.TXT", "/big.bin", "/style.css"] {
            let (get, head) = (try await Self.get(path), try await Self.get(path, method: "HEAD"))
            #expect(head.hasSuffix("\r\n\r\n"))
            for name in ["Content-Length", "ETag", "Last-Modified", "Content-Type"] {
                #expect(head.field(name) == get.field(name) && head.field(name) != nil)
            }
        }
    }

    @Test func `sends a large file whole`() async throws {
        let answer = try await Self.visit { try await $0.bytes(request("/big.bin")) }
        #expect(answer.suffix(Self.big.count) == Self.big[...])
        #expect(String(decoding: answer.prefix(1000), as: UTF8.self).field("Content-Length") == "\(Self.big.count)")
    }

    // MARK: Conditions

    @Test(arguments: ["", "W/", "\"other\", "]) func `is not sent again to who has it`(before: String) async throws {
        let tag = try #require(try await Self.get("/a.TXT").field("ETag"))
        let answer = try await Self.get("/a.TXT", "If-None-Match: \(before)\(tag)")
        #expect(answer.status == 304 && answer.field("ETag") == tag && answer.field("Content-Length") == nil)
        #expect(try await Self.get("/a.TXT", "If-None-Match: *").status == 304)
        #expect(try await Self.get("/a.TXT", "If-None-Match: \"other\"").status == 200)
    }

    @Test func `goes by the date for who has no tag`() async throws {
        let date = try #require(try await Self.get("/a.TXT").field("Last-Modified"))
        #expect(try await Self.get("/a.TXT", "If-Modified-Since: \(date)").status == 304)
        #expect(try await Self.get("/a.TXT", "If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT").status == 200)
        #expect(try await Self.get("/a.TXT", "If-Modified-Since: yesterday").status == 200)
        #expect(
            try await Self.get("/a.TXT", "If-None-Match: \"other\"\r\nIf-Modified-Since: \(date)").status == 200)
        #expect(try await Self.get("/a.TXT", "If-Unmodified-Since: \(date)").status == 200)
        #expect(try await Self.get("/a.TXT", "If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT").status == 412)
        #expect(try await Self.get("/a.TXT", "If-Match: \"other\"").status == 412)
    }

    @Test func `has another tag when it is written again`() async throws {
        let folder = try Self.folder()
        let (before, after) = try await Self.visit(folder) { site in
            let before = try await site.exchange(request("/a.TXT"))
            try "TEXT".write(to: folder.appending(path: "a.TXT"), atomically: false, encoding: .utf8)
            return (before, try await site.exchange(request("/a.TXT")))
        }
        #expect(before.field("ETag") != after.field("ETag") && after.hasSuffix("TEXT"))
    }

    // MARK: Ranges

    @Test(
        arguments: [
            ("bytes=0-0", 206, "bytes 0-0/1000000", 1), ("bytes=10-19", 206, "bytes 10-19/1000000", 10),
            ("bytes=999990-", 206, "bytes 999990-999999/1000000", 10),
            ("bytes=-5", 206, "bytes 999995-999999/1000000", 5),
            ("bytes=100-99999999", 206, "bytes 100-999999/1000000", 999_900),
            ("bytes=-2000000", 206, "bytes 0-999999/1000000", 1_000_000),
            ("bytes=1000000-", 416, "bytes */1000000", nil), ("bytes=-0", 416, "bytes */1000000", nil),
            ("bytes=5-4", 200, nil, 1_000_000), ("bytes=a-b", 200, nil, 1_000_000),
            ("bytes=0-1,5-6", 200, nil, 1_000_000), ("lines=0-1", 200, nil, 1_000_000),
        ] as [(String, Int, String?, Int?)])
    func `is sent in part to who asks for a range`(range: String, status: Int, content: String?, count: Int?)
        async throws
    {
        let answer = try await Self.visit { try await $0.bytes(request("/big.bin", "Range: \(range)")) }
        let head = String(decoding: answer.prefix(1000), as: UTF8.self)
        #expect(head.status == status && head.field("Content-Range") == content)
        guard let count else { return }
        #expect(head.field("Content-Length") == "\(count)")
        let first = content.flatMap { Int($0.dropFirst("bytes ".count).prefix { $0.isNumber }) } ?? 0
        #expect(answer.suffix(count) == Self.big[first..<first + count])
    }

    @Test func `is sent whole to who has a part of another version`() async throws {
        let now = try await Self.get("/a.TXT")
        let (tag, date) = (try #require(now.field("ETag")), try #require(now.field("Last-Modified")))
        for condition in [tag, date] {
            #expect(try await Self.get("/a.TXT", "Range: bytes=0-1\r\nIf-Range: \(condition)").status == 206)
        }
        for condition in ["W/" + tag, "\"other\"", "Sat, 01 Jan 2000 00:00:00 GMT"] {
            #expect(try await Self.get("/a.TXT", "Range: bytes=0-1\r\nIf-Range: \(condition)").status == 200)
        }
    }

    // MARK: Coding

    @Test func `is compressed for who accepts that, with a tag of its own`() async throws {
        let (plain, coded, again) = try await Self.visit { site in
            let plain = try await site.exchange(request("/style.css"))
            let coded = try await site.bytes(request("/style.css", "Accept-Encoding: gzip"))
            return (plain, coded, try await site.bytes(request("/style.css", "Accept-Encoding: gzip")))
        }
        let head = String(decoding: coded, as: UTF8.self)
        #expect(head.field("Content-Encoding") == "gzip" && head.field("Vary") == "Accept-Encoding")
        #expect(plain.field("Vary") == "Accept-Encoding" && plain.field("Content-Encoding") == nil)
        #expect(head.field("ETag") != plain.field("ETag"))
        let length = try #require(head.field("Content-Length").flatMap { Int($0) })
        #expect(length < Self.style.utf8.count / 2)
        #expect(try gunzip(Array(coded.suffix(length)).span, limit: 1 << 20) == Array(Self.style.utf8))
        #expect(again.suffix(length) == coded.suffix(length))
        let range = try await Self.get("/style.css", "Accept-Encoding: gzip\r\nRange: bytes=0-3")
        #expect(range.status == 206 && range.field("Content-Encoding") == nil)
    }

    @Test func `is sent from its compressed twin, unless that is older`() async throws {
        let folder = try Self.folder()
        let twin = folder.appending(path: "style.css.gz")
        try Data(try gzip(Array("from the twin".utf8).span)).write(to: twin)
        let fresh = try await Self.visit(folder) {
            try await $0.bytes(request("/style.css", "Accept-Encoding: gzip"))
        }
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: twin.path)
        let stale = try await Self.visit(folder) {
            try await $0.bytes(request("/style.css", "Accept-Encoding: gzip"))
        }
        func text(_ answer: [UInt8]) throws -> String {
            let length = String(decoding: answer, as: UTF8.self).field("Content-Length").flatMap { Int($0) } ?? 0
            return String(decoding: try gunzip(Array(answer.suffix(length)).span, limit: 1 << 20), as: UTF8.self)
        }
        #expect(try text(fresh) == "from the twin")
        #expect(try text(stale) == Self.style)
    }

    @Test func `that shrinks while it is sent ends the connection short of its promise`() async throws {
        let folder = try Self.folder()
        let size = 50_000_000
        let path = folder.appending(path: "shrinks.bin").path
        try Data(count: size).write(to: URL(filePath: path))
        let received = try await Self.visit(folder) { site in
            let client = try await site.connect()
            defer { client.close() }
            try await client.send(request("/shrinks.bin"))
            _ = try await client.response(toHead: true)
            let file = try FileHandle(forWritingTo: URL(filePath: path))
            try file.truncate(atOffset: 1_000)
            var received = 0
            while case let piece = try await client.take(65_536), !piece.isEmpty { received += piece.utf8.count }
            return received
        }
        #expect(received < size)
    }

    // MARK: The folder

    static let big = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    static let style = (0..<300).map { ".a\($0) { color: red }" }.joined(separator: "\n")
    static let shared = Result { try folder() }

    static func folder() throws -> URL {
        let outer = FileManager.default.temporaryDirectory.appending(path: "files-\(UUID().uuidString)")
        let root = outer.appending(path: "root")
        let files: [String: Data] = [
            "index.html": Data("<p>home".utf8), "docs/index.html": Data("<p>docs".utf8), "a.TXT": Data("text".utf8),
            "app.js": Data("let a".utf8), "a b.json": Data("{}".utf8), "noend": Data("?".utf8),
            "big.bin": Data(big), "style.css": Data(style.utf8), ".secret": Data("secret".utf8),
            "docs/.hidden/a.txt": Data("secret".utf8), "../outside.txt": Data("secret outside".utf8),
            "a folder/x": Data(), "empty/x": Data(),
        ]
        for (name, data) in files {
            let file = root.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: file)
        }
        for (link, target) in [("link.txt", "a.TXT"), ("out.txt", "../outside.txt"), ("up", "..")] {
            try FileManager.default.createSymbolicLink(
                atPath: root.appending(path: link).path, withDestinationPath: target)
        }
        unsafe mkfifo(root.appending(path: "pipe").path, 0o600)
        return root
    }

    static func visit<Answer: Sendable>(
        _ folder: URL? = nil, _ body: @escaping @Sendable (Site) async throws -> Answer
    ) async throws -> Answer {
        let workers = WorkerPool(threads: 2, queueLimit: 100)
        defer { workers.shutDown() }
        let files = try StaticFiles(try folder?.path ?? shared.get().path, workers: workers)
        return try await withServer({ try await files.respond(to: $0) }, body)
    }

    static func get(_ path: String, _ fields: String? = nil, method: String = "GET") async throws -> String {
        try await visit { try await $0.exchange(request(path, fields, method: method)) }
    }
}

private func request(_ path: String, _ fields: String? = nil, method: String = "GET") -> String {
    "\(method) \(path) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n" + (fields.map { $0 + "\r\n" } ?? "") + "\r\n"
}
