/// Templates as a tree of path segments, with a table of the paths without parameters in front of it. All of its arrays
/// hold plain numbers, so that a match counts no references and allocates nothing.
struct RouteTree: Sendable {
    private struct Node {
        var firstEdge: Int32 = -1
        var parameterChild: Int32 = -1
        var tailChild: Int32 = -1
        /// The route of each method with a case of its own.
        var routes = InlineArray<9, Int32>(repeating: -1)
        /// The first of `otherRoutes`.
        var firstOther: Int32 = -1
    }

    /// A literal segment below a node.
    private struct Edge {
        /// The first eight bytes, which decide almost always.
        let word: UInt64
        let text: Range<Int>
        let child: Int32
        let next: Int32
    }

    private var nodes = [Node()]
    private var edges: [Edge] = []
    private var otherRoutes: [(method: String, route: Int32, next: Int32)] = []
    private var texts: [UInt8] = []
    /// Open addressing, half full at most; node 0, the root, is no path and marks a gap.
    private var literalPaths: [(text: Range<Int>, node: Int32)] = Array(repeating: (0..<0, 0), count: 16)
    private var literalCount = 0

    // MARK: Growing

    func child(of node: Int, along segment: RouteTemplate.Segment) -> Int? {
        switch segment {
        case .literal(let text): literal(of: node, 0..<text.count, of: text.span)
        case .parameter: RouteTree.index(nodes[node].parameterChild)
        case .tail: RouteTree.index(nodes[node].tailChild)
        }
    }

    mutating func addChild(of node: Int, along segment: RouteTemplate.Segment) -> Int {
        let child = Int32(truncatingIfNeeded: nodes.count)
        nodes.append(Node())
        switch segment {
        case .literal(let text):
            let word = text.span.word(at: 0, length: min(8, text.count))
            edges.append(Edge(word: word, text: store(text), child: child, next: nodes[node].firstEdge))
            nodes[node].firstEdge = Int32(truncatingIfNeeded: edges.count - 1)
        case .parameter: nodes[node].parameterChild = child
        case .tail: nodes[node].tailChild = child
        }
        return Int(child)
    }

    mutating func setRoute(_ route: Int, for method: HTTPMethod, at node: Int) {
        let route = Int32(truncatingIfNeeded: route)
        if let slot = method.slot {
            nodes[node].routes[slot] = route
        } else {
            otherRoutes.append((method.name, route, nodes[node].firstOther))
            nodes[node].firstOther = Int32(truncatingIfNeeded: otherRoutes.count - 1)
        }
    }

    mutating func addLiteralPath(_ path: String, at node: Int) {
        let text = Array(path.utf8)
        guard literalPaths[slot(of: text.span)].node == 0 else { return }
        literalCount += 1
        if literalCount * 2 > literalPaths.count {
            let old = literalPaths.filter { $0.node != 0 }
            literalPaths = Array(repeating: (0..<0, 0), count: literalPaths.count * 2)
            for path in old { literalPaths[slot(of: texts.span.extracting(path.text))] = path }
        }
        literalPaths[slot(of: text.span)] = (store(text), Int32(truncatingIfNeeded: node))
    }

    private mutating func store(_ text: [UInt8]) -> Range<Int> {
        texts += text
        return texts.count - text.count..<texts.count
    }

    // MARK: Matching

    struct Walk {
        let method: HTTPMethod
        let slot: Int?
        var places = PathPlaces()
        /// Nodes whose routes fit the path but not the method.
        var refused: [Int] = []

        init(method: HTTPMethod) { (self.method, slot) = (method, method.slot) }
    }

    /// The route, while `walk` gathers places, or else the nodes that refused.
    func match(_ path: Span<UInt8>, _ walk: inout Walk) -> Int? {
        let literal = Int(literalPaths[slot(of: path)].node)
        if literal != 0, let route = route(at: literal, for: walk) { return route }
        return descend(from: 0, at: 0, in: path, &walk)
    }

    /// Goes down as deep as the deepest template, and back up where a better branch turns out to lead nowhere.
    private func descend(from node: Int, at slash: Int, in path: Span<UInt8>, _ walk: inout Walk) -> Int? {
        if slash == path.count { return arrive(at: node, &walk) }
        let end = path.firstIndex(of: UInt8(ascii: "/"), from: slash + 1, to: path.count)
        if let child = literal(of: node, slash + 1..<end, of: path),
            let route = descend(from: child, at: end, in: path, &walk)
        {
            return route
        }
        if let child = RouteTree.index(nodes[node].parameterChild), end > slash + 1 {
            walk.places.push(slash + 1..<end)
            if let route = descend(from: child, at: end, in: path, &walk) { return route }
            walk.places.pop()
        }
        if let child = RouteTree.index(nodes[node].tailChild) {
            walk.places.push(slash + 1..<path.count)
            if let route = arrive(at: child, &walk) { return route }
            walk.places.pop()
        }
        return nil
    }

    private func arrive(at node: Int, _ walk: inout Walk) -> Int? {
        if let route = route(at: node, for: walk) { return route }
        walk.refused.append(node)
        return nil
    }

    private func route(at node: Int, for walk: Walk) -> Int? {
        guard let slot = walk.slot else { return otherRoute(at: node, for: walk.method.name) }
        if let route = RouteTree.index(nodes[node].routes[slot]) { return route }
        return walk.method == .head ? RouteTree.index(nodes[node].routes[0]) : nil
    }

    private func otherRoute(at node: Int, for method: String) -> Int? {
        var index = nodes[node].firstOther
        while let other = RouteTree.index(index) {
            if otherRoutes[other].method == method { return Int(otherRoutes[other].route) }
            index = otherRoutes[other].next
        }
        return nil
    }

    /// The methods that the nodes do serve.
    func methods(at nodes: [Int]) -> [HTTPMethod] {
        var methods: [HTTPMethod] = []
        for method in HTTPMethod.slots where nodes.contains(where: { route(at: $0, for: Walk(method: method)) != nil })
        {
            methods.append(method)
        }
        for node in nodes {
            var index = self.nodes[node].firstOther
            while let other = RouteTree.index(index) {
                methods.append(.other(otherRoutes[other].method))
                index = otherRoutes[other].next
            }
        }
        return methods
    }

    private func literal(of node: Int, _ segment: Range<Int>, of path: Span<UInt8>) -> Int? {
        let word = path.word(at: segment.lowerBound, length: min(8, segment.count))
        var index = nodes[node].firstEdge
        while let edge = RouteTree.index(index) {
            if edges[edge].word == word, equals(edges[edge].text, segment, of: path) { return Int(edges[edge].child) }
            index = edges[edge].next
        }
        return nil
    }

    /// Where the path is in the table, or the gap where it would be.
    private func slot(of path: Span<UInt8>) -> Int {
        var hash = UInt64(truncatingIfNeeded: path.count)
        var index = 0
        while index < path.count {
            hash = (hash ^ path.word(at: index, length: min(8, path.count - index))) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
            index += 8
        }
        let mask = literalPaths.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while literalPaths[slot].node != 0, !equals(literalPaths[slot].text, 0..<path.count, of: path) {
            slot = (slot + 1) & mask
        }
        return slot
    }

    private func equals(_ text: Range<Int>, _ range: Range<Int>, of path: Span<UInt8>) -> Bool {
        guard text.count == range.count else { return false }
        for index in 0..<text.count where texts[text.lowerBound + index] != path[range.lowerBound + index] {
            return false
        }
        return true
    }

    @inline(__always)
    private static func index(_ number: Int32) -> Int? { number < 0 ? nil : Int(number) }
}
