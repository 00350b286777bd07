package import TradewindHTTP

/// The page that shows a service's document and tries what stands in it. Its files lie beside this one, as browsers
/// read them, and are part of the program: it works without a network.
package enum DocsPage {
    /// Where the page finds what it shows.
    package static let document = "/api/docs/openapi.json"

    package static let routes: [Route] =
        [file("/api/docs", PackageResources.page_html, .html)]
        + [
            ("page.css", PackageResources.page_css, "text/css"), ("page.js", PackageResources.page_js, script),
            ("form.js", PackageResources.form_js, script), ("schema.js", PackageResources.schema_js, script),
            ("element.js", PackageResources.element_js, script),
        ].map { name, bytes, type in
            file("/api/docs/" + name, bytes, ContentType(type + "; charset=utf-8", isCompressible: true))
        }

    private static let script = "text/javascript"

    /// Nothing but our own files, and calls to where the page came from.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    private static func file(_ path: String, _ bytes: [UInt8], _ type: ContentType) -> Route {
        .get(path) { _ in
            Response(
                contentType: type, headers: [.contentSecurityPolicy: policy, .cacheControl: "no-cache"],
                body: .bytes(bytes))
        }
    }
}
