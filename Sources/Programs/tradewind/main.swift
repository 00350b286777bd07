import TradewindReactor
import TradewindHTTP
import TradewindHTTPServer
import Glibc

let group = try EventLoopGroup(count: 1)
let server = HTTPServer(HandlerResponder { _ in .text("Hello, World!") }, on: group)
print(try await server.listen(on: SocketAddress(numeric: "127.0.0.1", port: 3005)!))
sleep(10000)
