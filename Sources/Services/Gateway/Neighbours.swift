internal import TradewindHTTP
internal import TradewindHTTPClient
internal import TradewindJSON
internal import TradewindRuntime

/// Asks all services the same thing at once. Who does not answer soon is away.
struct Neighbours: Sendable {
    struct Answer: Sendable {
        let backend: Backend, instance: Instance
        /// Nil when there was none.
        let body: [UInt8]?

        var json: JSONValue? { body.flatMap { try? JSONValue.parse($0) } }
    }

    let upstreams: [Upstream]
    let client: HTTPClient
    /// Ours, for what only our own processes are told.
    let apiKey: String?

    private static let patience = Duration.seconds(1), longest = 8 << 20

    /// In the order of the port table.
    func ask(_ path: String) async -> [Answer] {
        await withTaskGroup { group in
            for (place, instance) in places.enumerated() {
                group.addTask { (place, await ask(path, of: instance.instance)) }
            }
            var bodies: [[UInt8]?] = Array(repeating: nil, count: places.count)
            for await (place, body) in group { bodies[place] = body }
            return zip(places, bodies).map { Answer(backend: $0.backend, instance: $0.instance, body: $1) }
        }
    }

    private var places: [(backend: Backend, instance: Instance)] {
        upstreams.sorted { $0.backend.port < $1.backend.port }.flatMap { upstream in
            upstream.instances.map { (upstream.backend, $0) }
        }
    }

    /// Any status that comes with a document is an answer: a service that is not ready says why.
    private func ask(_ path: String, of instance: Instance) async -> [UInt8]? {
        guard instance.isUp else { return nil }
        var ask = ClientRequest(.get, instance.origin, target: path)
        var timeouts = ClientTimeouts()
        (timeouts.connect, timeouts.total) = (Self.patience, Self.patience)
        ask.timeouts = timeouts
        ask.decompresses = true
        ask.carry()
        if let apiKey { ask.headers[.xAPIKey] = apiKey }
        guard let answer = try? await client.send(ask), answer.status == .ok || answer.status == .serviceUnavailable,
            let body = try? await answer.body.collect(upTo: Self.longest)
        else { return nil }
        return body
    }
}
