import TradewindAPI
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
import TradewindJSON
import TradewindPersistence
import TradewindTesting

// A library that lends books, as a service would declare it.

enum BookTag {}
typealias BookID = ID<BookTag>

struct AddBook: Codable, Described, Sendable {
    enum Shelf: String, Codable, CaseIterable, Described { case novels, poems }
    struct Author: Codable, Equatable { let name: String, born: Int? }

    let title: String, price: Money, pages: Int, shelf: Shelf, authors: [Author], printedAt: Timestamp?, note: String?

    static let titles = 1...20
    static var schema: Schema {
        Schema(of: Self.self)
            .with("title", .text(titles))
            .with("pages", .whole(1...5_000))
            .with("authors", .list(of: Schema(of: Author.self), 1...3))
    }
}

struct BookView: Codable, Equatable, Sendable {
    let id: BookID, title: String, price: Money, version: Int64
}

struct ListBooks: Decodable, Sendable {
    let shelf: AddBook.Shelf?, limit: Int?, after: BookID?, isLent: Bool?
}

enum LibraryError: DomainError {
    case onlyBooksThatAreThereCanBeLent
    var rule: Rule { "only-books-that-are-there-can-be-lent" }
}

struct Library: Sendable {
    static let book = BookView(
        id: BookID(UUID(high: 1, low: 7)), title: "Moby Dick", price: .init(hundredths: 1999), version: 3)

    var api: API {
        API("Library", "Books and who has them") {
            Endpoint.post(
                "/api/books", "Add a book", access: .role(.moderator), takes: AddBook.self,
                gives: .created(BookView.self, at: { "/api/books/\($0.id)" })
            ) { book, _ in
                var check = Validation()
                check.require(
                    AddBook.titles.contains(book.title.count), .length, "must have 1 to 20 characters", at: "title")
                check.require(book.price.hundredths > 0, .range, "must be at least 0.01", at: "price")
                try check.done()
                return BookView(id: Library.book.id, title: book.title, price: book.price, version: 1)
            }.repeatable
            Endpoint.get(
                "/api/books", "List books", access: .anyone, asks: ListBooks.self, gives: .page(of: BookView.self)
            ) { query, _ in
                let limit = query.limit ?? 2
                let found = (0...limit).map { BookView(id: Library.book.id, title: "\($0)", price: .zero, version: 1) }
                return Page(found, limit: limit) { $0.id.description }
            }
            Endpoint.get(
                "/api/books/:id", "One book", access: .anyone, gives: .ok(BookView.self, tag: { Version($0.version) })
            ) { call in
                let id: BookID = try call.id()
                guard id == Library.book.id else { throw NotFound("book", id) }
                return Library.book
            }
            Endpoint.put(
                "/api/books/:id", "Change a book", access: .signedIn, takes: AddBook.self,
                gives: .ok(BookView.self, tag: { Version($0.version) })
            ) { _, call in
                let id: BookID = try call.id()
                if let expected = call.expectedVersion, expected != Version(3) {
                    throw VersionConflict("book", id, expected: expected)
                }
                throw VersionConflict("book", id, expected: .new)
            }
            Endpoint.post("/api/books/:id/lend", "Lend a book", access: .signedIn, gives: .noContent) { _ in
                throw LibraryError.onlyBooksThatAreThereCanBeLent
            }.refusing(.conflict, "The book is not there")
            Endpoint.delete("/api/books/:id", "Remove a book", access: .anyone, gives: .noContent) { _ in
                throw DatabaseError.unavailable("starting")
            }
        }
    }

    func serve(
        _ authorisation: Authorisation = .required, caller: Caller = .user(UUID(high: 9, low: 9), .moderator),
        _ body: @escaping @Sendable (TestSite) async throws -> Void
    ) async throws {
        let edge = Edge(authenticate: { _ in caller }, authorisation: authorisation, clockwork: .manual())
        try await Routes(api.routes(edge, version: "1")).serve(via: .inProcess, body)
    }
}

struct ProblemView: Decodable {
    struct Fault: Decodable, Equatable { let field: String, code: String, message: String }
    let type: String, title: String, status: Int, detail: String?, errors: [Fault]?
}

let goodBook: JSONValue = [
    "title": "Emma", "price": .number(JSONNumber(12)), "pages": 400, "shelf": "novels", "authors": [["name": "Austen"]],
]
