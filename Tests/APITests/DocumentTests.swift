import Testing
import TradewindAPI
import TradewindHTTP
import TradewindJSON
import TradewindTesting

@Suite struct `The document` {
    private let document = Library().api.document(version: "1.2.3")
    private func operation(_ path: String, _ method: String) -> JSONValue? { document["paths"]?[path]?[method] }

    @Test func `has every endpoint with its parameters and answers`() {
        #expect(document["openapi"] == "3.1.0" && document["info"]?["version"] == "1.2.3")
        #expect(
            document["paths"]?.object?.members.map(\.name) == [
                "/api/books", "/api/books/{id}", "/api/books/{id}/lend",
            ])
        let answers = operation("/api/books", "post")?["responses"]?.object?.members.map(\.name)
        #expect(answers == ["201", "400", "401", "403", "409", "413", "415", "default"])
        let parameters = operation("/api/books", "get")?["parameters"]?.array?.compactMap { $0["name"]?.string }
        #expect(parameters == ["shelf", "limit", "after", "isLent"])
        #expect(operation("/api/books/{id}", "get")?["parameters"]?[0]?["schema"]?["format"] == "uuid")
        #expect(operation("/api/books", "get")?["security"] == [])
    }

    @Test func `learns the shape of a body from its type, and its limits from what is declared`() {
        let book = document["components"]?["schemas"]?["AddBook"]
        #expect(book?["required"] == ["title", "price", "pages", "shelf", "authors"])
        let properties = book?["properties"]
        #expect(properties?["title"]?["maxLength"] == 20 && properties?["pages"]?["maximum"] == 5_000)
        #expect(properties?["price"]?["type"] == "number" && properties?["shelf"]?["enum"] == ["novels", "poems"])
        #expect(properties?["printedAt"]?["type"] == ["string", "null"])
        #expect(properties?["printedAt"]?["format"] == "date-time")
        #expect(properties?["authors"]?["items"]?["$ref"] == "#/components/schemas/AddBookAuthor")
        let author = document["components"]?["schemas"]?["AddBookAuthor"]
        #expect(author?["properties"]?["born"]?["type"] == ["integer", "null"] && author?["required"] == ["name"])
    }

    @Test func `is served`() async throws {
        try await Library().serve { site in
            let answer = try await site.get("/api/docs/openapi.json")
            #expect(answer.status == .ok && answer[.contentType] == "application/json")
            #expect(try JSONValue.parse(answer.bytes)["paths"]?["/api/books"] != nil)
        }
    }
}
