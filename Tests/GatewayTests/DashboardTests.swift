import Foundation
import Gateway
import Testing
import TradewindHTTP
import TradewindHTTPClient
import TradewindTesting

@Suite struct `The dashboard` {
    private func withPages(_ body: @escaping @Sendable (Front) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try FileManager.default.createDirectory(
                atPath: folder + "/frontend/assets", withIntermediateDirectories: true)
            for (path, text) in [
                ("frontend/index.html", "<!doctype html><p>the page"), ("frontend/assets/app.js", "let a = 1"),
                ("frontend/notes.txt", "not for everybody"), ("secret.txt", "not for anybody"),
            ] {
                try text.write(toFile: "\(folder)/\(path)", atomically: true, encoding: .utf8)
            }
            try await Front.open(at: ["http://127.0.0.1:1"]) {
                $0.pages = folder + "/frontend"
            } _: { front in
                try await body(front)
            }
        }
    }

    @Test func `is a page that may run and fetch nothing but its own`() async throws {
        try await withPages { front in
            let page = try await front.ask(.get, "/")
            #expect(page.status == .ok && page.headers[.contentType] == "text/html; charset=utf-8")
            let policy = try #require(page.headers[.contentSecurityPolicy])
            #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
            #expect(try await page.read().contains("the page"))
            let script = try await front.ask(.get, "/assets/app.js")
            #expect(script.headers[.contentType] == "text/javascript; charset=utf-8")
            let tag = try #require(script.headers[.etag])
            let again = try await front.ask(.get, "/assets/app.js", headers: [.ifNoneMatch: tag])
            #expect(again.status == .notModified)
        }
    }

    @Test(
        arguments: [
            "/notes.txt", "/secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt",
            "/assets/", "/assets", "/assets/missing.js",
        ]) func `gives out nothing beside its files`(path: String) async throws
    {
        try await withPages { front in
            let answer = try await front.say("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 404") || answer.contains("path leaves the root"), "\(answer)")
            #expect(!answer.contains("not for"))
        }
    }

    @Test func `leaves other paths as they are`() async throws {
        try await withPages { front in
            for (method, path) in [(HTTPMethod.post, "/nothing"), (.get, "/api/nothing"), (.get, "/index.html")] {
                let answer = try await front.ask(method, path)
                #expect(answer.status == .notFound, "\(method) \(path)")
            }
        }
    }

    @Test func `says plainly that its files are not there`() async throws {
        try await Front.open(at: ["http://127.0.0.1:1"]) { front in
            let answer = try await front.ask(.get, "/")
            #expect(answer.status == .notFound)
            #expect(try await answer.read().contains("FRONTEND_DIR"))
        }
    }
}
