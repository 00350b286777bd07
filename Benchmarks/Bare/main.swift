// `bare PORT` answers the text of P1 from a server with nothing around its handler, until it is ended: what the log,
// the metrics and the traces of a real program are measured against.

internal import TradewindHTTP
internal import TradewindHTTPServer
internal import TradewindReactor

Signals.block()
let loops = try EventLoopGroup(count: 1)
let server = HTTPServer(
    try Routes([.get("/hello") { _ in .text("Hello, World!") }, .get("/health/ready") { _ in .noContent }]), on: loops)
let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 0
_ = try await server.listen(on: .loopback.with(port: port))

let (ending, end) = AsyncStream<Void>.makeStream()
let loop = loops.loops[0]
let watch = try await loop.run { try Signals.watch([Signals.terminate], on: loop) { _ in end.finish() } }
for await _ in ending {}
withExtendedLifetime((server, watch)) {}
