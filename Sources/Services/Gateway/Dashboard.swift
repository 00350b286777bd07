internal import TradewindHTTP
package import TradewindHTTPServer

/// The page that shows people how the system is: one document, and what it is made of below `/assets`. Nothing else is
/// looked for among the files, so that a path nobody serves stays one, whatever the method.
package struct Dashboard: Sendable {
    let files: StaticFiles?

    /// A page that can run and fetch nothing but its own, into which nothing can be written as code.
    package static var options: StaticFiles.Options {
        var options = StaticFiles.Options()
        options.contentSecurityPolicy = """
            default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
            manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
            require-trusted-types-for 'script'; trusted-types 'none'
            """
        return options
    }

    var routes: [Route] {
        guard let files else { return [.get("/") { _ in throw Self.absent }] }
        return [.get("/", files.respond), .get("/assets/*path", files.respond)]
    }

    private static let absent = Problem(
        .notFound, code: "no-dashboard",
        detail: "the dashboard is not here: start in the folder that holds frontend/, or name it in FRONTEND_DIR; "
            + "what can be asked without it stands at /api/docs/openapi.json")
}
