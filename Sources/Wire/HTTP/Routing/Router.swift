/// Which route serves a method and a path. Built once; two routes that could be taken for each other are found then,
/// not by the request that meets them. At each segment a literal beats a parameter beats a tail, and a route that has
/// the method beats one that has not: 405 is only for paths no route of which has it. GET routes also serve HEAD.
///
/// Routes are numbers, so that what they lead to is the caller's array, of whatever type: a generic router took twice
/// as long for a match, for metadata that is not specialised across modules.
package struct Router: Sendable {
    package enum Match: Sendable {
        /// The route's place in the list that the router was built from.
        case found(route: Int, PathParameters)
        /// For the Allow field.
        case wrongMethod(allow: [HTTPMethod])
        case notFound
    }

    package let templates: [RouteTemplate]
    private let tree: RouteTree

    package init(_ routes: [(method: HTTPMethod, template: String)]) throws(RouteError) {
        var builder = Builder()
        for (method, template) in routes { try builder.insert(method, RouteTemplate(template)) }
        (templates, tree) = (builder.templates, builder.tree)
    }

    package func match(_ head: RequestHead) -> Match { head.withPath { match(head.method, $0) } }

    /// `path` is what `RequestHead.withPath` lends.
    package func match(_ method: HTTPMethod, _ path: Span<UInt8>) -> Match {
        guard 1...PathPlaces.longestPath ~= path.count, path[0] == UInt8(ascii: "/") else { return .notFound }
        var walk = RouteTree.Walk(method: method)
        if let route = tree.match(path, &walk) {
            return .found(route: route, PathParameters(template: templates[route], places: walk.places))
        }
        if walk.refused.isEmpty { return .notFound }
        let allowed = tree.methods(at: walk.refused)
        return allowed.isEmpty ? .notFound : .wrongMethod(allow: allowed)
    }
}

/// Grows the tree and remembers who named what, to say so when two routes clash.
private struct Builder {
    var tree = RouteTree()
    var templates: [RouteTemplate] = []
    /// The first route of each node and method, and the first that named a node's parameter.
    private var taken: [Int: [HTTPMethod: String]] = [:]
    private var named: [Int: (parameter: String, route: String)] = [:]

    mutating func insert(_ method: HTTPMethod, _ template: RouteTemplate) throws(RouteError) {
        let name = "\(method) \(template.text)"
        var node = 0
        for segment in template.segments {
            node = tree.child(of: node, along: segment) ?? tree.addChild(of: node, along: segment)
            guard let parameter = segment.name else { continue }
            let owner = named[node] ?? (parameter, name)
            named[node] = owner
            if owner.parameter != parameter {
                throw RouteError(
                    "\(name) and \(owner.route) give one place two names, \(parameter) and \(owner.parameter).")
            }
        }
        if let other = taken[node]?[method] { throw RouteError("\(name) and \(other) are the same route.") }
        taken[node, default: [:]][method] = name
        tree.setRoute(templates.count, for: method, at: node)
        if template.parameterNames.isEmpty { tree.addLiteralPath(template.text, at: node) }
        templates.append(template)
    }
}
