import Testing
import TradewindAPI
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindJSON
import TradewindTesting

@Suite struct `An endpoint` {
    private let path = "/api/books/\(Library.book.id)"

    @Test func `reads a body and answers 201 with the place of what it made`() async throws {
        try await Library().serve { site in
            let answer = try await site.post("/api/books", json: goodBook)
            #expect(answer.status == .created && answer[.location] == "/api/books/\(Library.book.id)")
            #expect(try answer.json(BookView.self).title == "Emma")
        }
    }

    @Test func `names every field of a body that is not of the right type or beyond its limits`() async throws {
        try await Library().serve { site in
            let answer = try await site.post(
                "/api/books",
                json: [
                    "title": 7, "price": .number(JSONNumber(ExactDecimal(29_999, scale: 3) ?? .zero)), "pages": 0,
                    "shelf": "maps", "authors": [["name": 1], ["born": "1775"]], "printedAt": "yesterday",
                ] as JSONValue)
            #expect(answer.status == .badRequest && answer[.contentType] == "application/problem+json")
            let errors = try answer.json(ProblemView.self).errors ?? []
            #expect(
                errors.map { "\($0.field) \($0.code)" } == [
                    "title type", "price precision", "pages range", "shelf choice", "authors[0].name type",
                    "authors[1].name required", "authors[1].born type", "printedAt format",
                ])
        }
    }

    @Test func `names every field that breaks a rule of a value`() async throws {
        try await Library().serve { site in
            guard var book = goodBook.object else { return }
            book["title"] = .string(String(repeating: "x", count: 21))
            book["price"] = 0
            let answer = try await site.post("/api/books", json: JSONValue.object(book))
            let errors = try answer.json(ProblemView.self).errors ?? []
            #expect(answer.status == .badRequest && errors.map(\.field) == ["title", "price"])
            #expect(errors.last?.message == "must be at least 0.01")
        }
    }

    @Test(arguments: [
        ("{", "line 1"), ("", "line 1"), (#"{"title":"a","title":"b"}"#, "same name twice"), ("[1,]", "line 1, column"),
    ]) func `says where a body is no JSON`(body: String, part: String) async throws {
        try await Library().serve { site in
            let answer = try await site.send(.post, "/api/books", body: Array(body.utf8))
            let detail = try answer.json(ProblemView.self).detail
            #expect(answer.status == .badRequest && detail?.contains(part) == true, "\(detail ?? "")")
        }
    }

    @Test func `takes no body of another media type`() async throws {
        try await Library().serve { site in
            let answer = try await site.send(
                .post, "/api/books", headers: [.contentType: "application/x-www-form-urlencoded"],
                body: Array("title=Emma".utf8))
            #expect(answer.status == .unsupportedMediaType)
        }
    }

    @Test func `reads a query, and names every wrong part of it`() async throws {
        try await Library().serve { site in
            #expect(try await site.get("/api/books?shelf=poems&limit=1&isLent=true").status == .ok)
            let answer = try await site.get("/api/books?shelf=maps&limit=many&after=7&isLent=maybe")
            let errors = try answer.json(ProblemView.self).errors ?? []
            #expect(answer.status == .badRequest)
            #expect(errors.map(\.field) == ["shelf", "limit", "after", "isLent"])
            let twice = try await site.get("/api/books?limit=1&limit=2")
            let errorsOfTwo = try twice.json(ProblemView.self).errors
            #expect(errorsOfTwo?.first?.message == "must be given once")
        }
    }

    @Test func `leads from page to page`() async throws {
        try await Library().serve { site in
            let answer = try await site.get("/api/books?limit=3&shelf=poems&after=\(UUID(high: 5, low: 5))")
            #expect(try answer.json([BookView].self).map(\.title) == ["0", "1", "2"])
            #expect(answer[.link] == "</api/books?limit=3&shelf=poems&after=\(Library.book.id)>; rel=\"next\"")
        }
    }

    @Test func `tells versions by tags`() async throws {
        try await Library().serve { [path] site in
            let first = try await site.get(path)
            #expect(first.status == .ok && first[.etag] == "\"3\"")
            let second = try await site.get(path, headers: [.ifNoneMatch: "W/\"3\""])
            #expect(second.status == .notModified && second[.etag] == "\"3\"" && second.bytes.isEmpty)
            let body = goodBook.serialized()
            for (tag, status) in [
                ("\"2\"", HTTPStatus.preconditionFailed), ("\"x\"", .preconditionFailed), ("3", .preconditionFailed),
            ] {
                #expect(try await site.send(.put, path, headers: [.ifMatch: tag], body: body).status == status)
            }
            #expect(try await site.send(.put, path, body: body).status == .conflict)
        }
    }

    @Test func `has an answer for each error of the domain`() async throws {
        try await Library().serve { [path] site in
            #expect(try await site.get("/api/books/7").status == .badRequest)
            #expect(try await site.get("/api/books/\(UUID(high: 5, low: 5))").status == .notFound)
            let refused = try await site.send(.post, path + "/lend")
            #expect(refused.status == .conflict)
            let problem = try refused.json(ProblemView.self)
            #expect(problem.type.hasSuffix(":only-books-that-are-there-can-be-lent"))
            #expect(problem.detail == "only books that are there can be lent")
            let away = try await site.send(.delete, path)
            #expect(away.status == .serviceUnavailable && away[.retryAfter] == "1")
        }
    }

    @Test(arguments: [
        (Caller.anonymous, HTTPStatus.unauthorized), (.user(.zero, .user), .forbidden),
        (.user(.zero, .admin), .created),
        (.service("orders"), .created),
    ]) func `lets in whom it declares`(caller: Caller, status: HTTPStatus) async throws {
        try await Library().serve(caller: caller) { site in
            let answer = try await site.post("/api/books", json: goodBook)
            #expect(answer.status == status)
            #expect((answer[.wwwAuthenticate] == "Bearer") == (status == .unauthorized))
        }
        try await Library().serve(.off, caller: caller) { site in
            let answer = try await site.post("/api/books", json: goodBook)
            #expect(answer.status == .created)
        }
    }

    @Test func `refuses an idempotency key that no store would take`() async throws {
        try await Library().serve { site in
            let answer = try await site.post("/api/books", json: goodBook, headers: [.idempotencyKey: "a b"])
            let errors = try answer.json(ProblemView.self).errors
            #expect(errors?.first?.field == "Idempotency-Key")
        }
    }
}
