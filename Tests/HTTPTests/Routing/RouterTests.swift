import Testing
import TradewindHTTP

/// What a router says, as text: the template and the parameters, the methods allowed, or "none".
private func route(_ router: Router, _ method: HTTPMethod, _ path: String) -> String {
    let bytes = Array(path.utf8)
    switch router.match(method, bytes.span) {
    case .found(let route, let parameters):
        let values = parameters.template.parameterNames.map { "\($0)=\(parameters.value($0, in: bytes.span) ?? "?")" }
        return ([router.templates[route].text] + values).joined(separator: " ")
    case .wrongMethod(let allow): return "allow " + allow.map(\.name).joined(separator: ",")
    case .notFound: return "none"
    }
}

@Suite struct `A router` {
    static let router = Result {
        try Router([
            (.get, "/"), (.get, "/health"), (.get, "/health/ready"), (.get, "/api/orders"), (.post, "/api/orders"),
            (.get, "/api/orders/new"), (.get, "/api/orders/:id"), (.delete, "/api/orders/:id"),
            (.post, "/api/orders/:id/cancel"), (.get, "/api/:kind/:id/items/:item"), (.get, "/files/*path"),
            (.get, "/files/index"), (.get, "/a/:x/c"), (.get, "/a/b/d"), (.get, "/a/*rest"), (.get, "/trailing/"),
            (.other("PURGE"), "/cache/:key"), (.put, "/cache/:key"), (.head, "/headed"), (.get, "/headed"),
            (.get, "/1/:a/:b/:c/:d/:e/:f/:g/:h"), (.get, "/very-long-segment-name-one"),
            (.get, "/very-long-segment-name-two"),
        ])
    }

    @Test(arguments: [
        ("/", "/"), ("/health", "/health"), ("/health/ready", "/health/ready"), ("/health/", "none"),
        ("/health/x", "none"),
        ("/healt", "none"), ("/healthy", "none"), ("", "none"), ("health", "none"), ("*", "none"), ("//", "none"),
        ("//health", "none"),
        ("/Health", "none"), ("/trailing/", "/trailing/"), ("/trailing", "none"),
        ("/api/orders", "/api/orders"), ("/api/orders/", "none"), ("/api/orders/7", "/api/orders/:id id=7"),
        ("/api/orders/new", "/api/orders/new"), ("/api/orders/news", "/api/orders/:id id=news"),
        ("/api/orders/a%20b%2Fc", "/api/orders/:id id=a b/c"),
        ("/api/orders/caf%C3%A9", "/api/orders/:id id=caf\u{E9}"),
        ("/api/orders/7/items/8", "/api/:kind/:id/items/:item kind=orders id=7 item=8"),
        ("/api/users/7/items/8", "/api/:kind/:id/items/:item kind=users id=7 item=8"), ("/api/users/7/items/", "none"),
        ("/api//7/items/8", "none"), ("/files/", "/files/*path path="), ("/files", "none"),
        ("/files/a", "/files/*path path=a"),
        ("/files/a/b.css", "/files/*path path=a/b.css"), ("/files/index", "/files/index"),
        ("/files/index/x", "/files/*path path=index/x"),
        ("/a/b/c", "/a/:x/c x=b"), ("/a/b/d", "/a/b/d"), ("/a/b/e", "/a/*rest rest=b/e"), ("/a/z/c", "/a/:x/c x=z"),
        ("/a/z/c/e", "/a/*rest rest=z/c/e"),
        ("/1/2/3/4/5/6/7/8/9", "/1/:a/:b/:c/:d/:e/:f/:g/:h a=2 b=3 c=4 d=5 e=6 f=7 g=8 h=9"),
        ("/very-long-segment-name-one", "/very-long-segment-name-one"),
        ("/very-long-segment-name-two", "/very-long-segment-name-two"),
        ("/very-long-segment-name-six", "none"),
    ])
    func `finds the best route of a path`(path: String, expected: String) throws {
        #expect(route(try Self.router.get(), .get, path) == expected)
    }

    @Test(arguments: [
        (HTTPMethod.head, "/health", "/health"), (.head, "/api/orders/7", "/api/orders/:id id=7"),
        (.head, "/nowhere", "none"),
        (.head, "/api/orders/7/cancel", "allow POST"), (.head, "/headed", "/headed"),
        (.post, "/api/orders", "/api/orders"), (.put, "/api/orders", "allow GET,HEAD,POST"),
        (.post, "/health", "allow GET,HEAD"),
        (.delete, "/api/orders/new", "/api/orders/:id id=new"), (.put, "/api/orders/new", "allow GET,HEAD,DELETE"),
        (.post, "/a/b/c", "allow GET,HEAD"), (.other("PURGE"), "/cache/x", "/cache/:key key=x"),
        (.get, "/cache/x", "allow PUT,PURGE"), (.other("purge"), "/cache/x", "allow PUT,PURGE"),
        (.options, "/health", "allow GET,HEAD"),
        (.other("BREW"), "/nowhere", "none"),
    ])
    func `finds the route of a method, or says which there are`(method: HTTPMethod, path: String, expected: String)
        throws
    {
        #expect(route(try Self.router.get(), method, path) == expected)
    }

    @Test func `prefers the route of the method that was declared to its stand-in`() throws {
        let router = try Self.router.get()
        let path = Array("/headed".utf8)
        guard case .found(let head, _) = router.match(.head, path.span),
            case .found(let get, _) = router.match(.get, path.span)
        else {
            Issue.record("not found")
            return
        }
        #expect(head == 18 && get == 19)
    }

    @Test func `matches heads, whose paths are normalised`() throws {
        let head = try parseRequest(Array("GET /%61pi/x/../orders/%37 HTTP/1.1\r\nHost: a\r\n\r\n".utf8)).head
        guard case .found(_, let parameters) = try Self.router.get().match(head) else {
            Issue.record("not found")
            return
        }
        #expect(parameters.value("id", in: head) == "7")
        #expect(parameters.value("nothing", in: head) == nil)
    }

    @Test func `forgets the parameters of branches that led nowhere`() throws {
        let router = try Router([(.post, "/t/:a/*rest"), (.post, "/t/:a/:b"), (.get, "/:x/*all")])
        #expect(route(router, .get, "/t/1/2") == "/:x/*all x=t all=1/2")
        #expect(route(router, .post, "/t/1/2/3") == "/t/:a/*rest a=1 rest=2/3")
        #expect(route(router, .put, "/t/1/2") == "allow GET,HEAD,POST")
    }

    @Test func `finds each of a thousand literal routes`() throws {
        let paths = (0..<1_000).map { "/service\($0 % 10)/resource\($0)" }
        let router = try Router(paths.map { (.get, $0) })
        #expect(paths.allSatisfy { route(router, .get, $0) == $0 })
        #expect(route(router, .get, "/service0/resource1") == "none")
    }

    @Test func `without routes finds nothing`() throws { #expect(route(try Router([]), .get, "/") == "none") }
}

@Suite struct `Routes that clash` {
    @Test(arguments: [
        (["GET /a", "GET /a"], "GET /a and GET /a are the same route."),
        (["GET /a/:id", "GET /a/:id"], "GET /a/:id and GET /a/:id are the same route."),
        (["GET /a/:id", "POST /a/:key"], "POST /a/:key and GET /a/:id give one place two names, key and id."),
        (["GET /a/:id/b", "GET /a/:key/c"], "GET /a/:key/c and GET /a/:id/b give one place two names, key and id."),
        (["GET /a/*all", "POST /a/*rest"], "POST /a/*rest and GET /a/*all give one place two names, rest and all."),
        (["GET a"], "The route a does not start with a slash."),
        (["GET /:a/:a"], "The route /:a/:a has two parameters named a."),
        (["GET /*a/b"], "The route /*a/b goes on after *a, which takes all that remains."),
        (["GET /:"], "The route /: has a parameter without a plain name: :."),
        (["GET /:a.json"], "The route /:a.json has a parameter without a plain name: :a.json."),
        (["GET /a b"], "No path can match the route /a b: write a b percent-encoded."),
        (["GET /a/../b"], "No path can match the route /a/../b: write .. percent-encoded."),
        (["GET /:a/:b/:c/:d/:e/:f/:g/:h/:i"], "The route /:a/:b/:c/:d/:e/:f/:g/:h/:i has more than 8 parameters."),
    ])
    func `are told apart when the router is built`(routes: [String], message: String) {
        let routes = routes.map { text in
            let parts = text.split(separator: " ", maxSplits: 1)
            return (method: HTTPMethod(String(parts[0])), template: String(parts[1]))
        }
        let error = #expect(throws: RouteError.self) { try Router(routes) }
        #expect(error?.description == message)
    }

    @Test func `only in looks are served side by side`() throws {
        let router = try Router([
            (.get, "/a/:id"), (.get, "/a/*rest"), (.get, "/a/b"), (.post, "/a/:id"), (.get, "/a/:id/"),
        ])
        #expect(route(router, .get, "/a/b") == "/a/b")
        #expect(route(router, .get, "/a/c") == "/a/:id id=c")
        #expect(route(router, .get, "/a/c/") == "/a/:id/ id=c")
        #expect(route(router, .get, "/a/c/d") == "/a/*rest rest=c/d")
    }
}
