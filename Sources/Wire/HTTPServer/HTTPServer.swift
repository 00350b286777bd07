internal import Synchronization
package import TradewindHTTP
package import TradewindReactor

/// What a server tells its owner about, on the loop where it happens.
package struct ServerObserver: Sendable {
    /// A handler threw something that is no answer. The client got a 500 with the request's id.
    package var failed: @Sendable (any Error, Request) -> Void
    /// Something that never became a request was answered: a head that is none, or came too slowly.
    package var refused: @Sendable (HTTPStatus) -> Void

    package init(
        failed: @escaping @Sendable (any Error, Request) -> Void = { _, _ in },
        refused: @escaping @Sendable (HTTPStatus) -> Void = { _ in }
    ) {
        (self.failed, self.refused) = (failed, refused)
    }
}

/// An HTTP/1.1 server: one listener a loop, each connection on the loop that accepted it.
package final class HTTPServer: Sendable {
    private let loops: [ServerLoop]
    private let places: Places

    /// `workers` compress large answers; without them these go as they are.
    package init(
        _ responder: any Responder, on group: EventLoopGroup, limits: ServerLimits = ServerLimits(),
        observer: ServerObserver = ServerObserver(), workers: WorkerPool? = nil
    ) {
        let places = Places(limits.connections)
        self.places = places
        loops = group.loops.map {
            let part = ServerLoop(
                loop: $0, responder: responder, limits: limits, observer: observer, places: places)
            part.workers = workers
            return part
        }
    }

    /// Over all loops.
    package var openConnections: Int { places.taken }

    /// Listens on every loop and returns the address, whose port is the kernel's choice when zero was asked for.
    package func listen(on address: SocketAddress) async throws -> SocketAddress {
        try Listener.checkFree(address)
        var bound = address
        for part in loops {
            let wanted = bound
            bound = try await part.loop.run { try part.listen(on: wanted) }
        }
        return bound
    }

    /// Takes no new connections, lets requests in flight finish for at most `grace`, then ends what is left.
    package func stop(within grace: Duration) async {
        await withTaskGroup { group in
            for part in loops {
                group.addTask(executorPreference: part.loop) { await part.drain(within: grace) }
            }
        }
    }
}

extension ServerLoop {
    fileprivate func drain(within grace: Duration) async {
        let patience = loop.deadline { [self] in cut() }
        loop.set(patience, to: .now() + grace)
        await drain()
        loop.set(patience, to: .distantFuture)
    }
}
