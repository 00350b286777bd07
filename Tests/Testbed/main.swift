import TradewindHTTP
import TradewindHTTPServer
import TradewindRuntime

// A program for the tests in Tests/Interop: what the server can do, at paths that other people's clients visit.

let testbed = HostedService("testbed", port: 0)

Program("testbed", help: "Serves what the outside tests visit.", hosting: [testbed]) { host in
    try host.serve(
        testbed,
        [
            .get("/") { _ in .text("<!doctype html><title>testbed</title>", as: .html) },
            .get("/ws") { request in
                try .webSocket(request) { socket in
                    while let message = try await socket.receive() { try await socket.send(message) }
                }
            },
            .get("/count") { _ in
                .events { stream in
                    for number in 1...3 { try await stream.send("\(number)") }
                }
            },
            .post("/echo", bodyLimit: 64 << 20) { request in .bytes(try await request.body.collect(), .binary) },
        ])
}.main()
