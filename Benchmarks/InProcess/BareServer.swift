internal import Foundation
internal import TradewindHTTP
internal import TradewindHTTPServer
internal import TradewindReactor
internal import TradewindTesting

/// The text of P1 from a server with nothing around its handler, on the port that `PORT` says, until it is ended: what
/// the log, the metrics and the traces of a real program are measured against.
func bareServer() async throws {
    Signals.block()
    let loops = try EventLoopGroup(count: 1)
    let routes = try Routes([
        .get("/hello") { _ in .text("Hello, World!") }, .get("/health/ready") { _ in .noContent },
    ])
    let port = ProcessInfo.processInfo.environment["PORT"].flatMap { UInt16($0) } ?? 0
    let server = HTTPServer(routes, on: loops)
    _ = try await server.listen(on: SocketAddress.loopback.with(port: port))
    let (ending, end) = AsyncStream<Void>.makeStream()
    let loop = loops.loops[0]
    let watch = try await loop.run { try Signals.watch([Signals.terminate], on: loop) { _ in end.finish() } }
    for await _ in ending {}
    withExtendedLifetime((server, watch)) {}
}
