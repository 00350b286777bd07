import Synchronization
import Testing
import TradewindHTTP
import TradewindHTTPClient
import TradewindHTTPServer
import TradewindTesting

@Suite(.serialized) struct `Fifty megabytes` {
    private let size = 50 << 20
    private var generous: ServerLimits {
        var limits = ServerLimits()
        limits.body = size
        return limits
    }

    // What was written and not yet received lies in the kernel's buffers, and in none of ours.
    private let kernelBuffers = 16 << 20

    @Test(arguments: [true, false]) func `go out no faster than they are taken`(isLengthKnown: Bool) async throws {
        let received = Atomic<Int>(0)
        try await withPeer { caller in
            try await caller.head()
            while received.load(ordering: .relaxed) < size {
                received.wrappingAdd(try await caller.some().count, ordering: .relaxed)
            }
            try await caller.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        } _: { url, _ in
            try await withClient { [size, kernelBuffers] client in
                let body = ClientRequestBody.stream(length: isLengthKnown ? size : nil) { writer in
                    for written in 1...size >> 16 {
                        try await writer.write([UInt8](repeating: 1, count: 1 << 16))
                        #expect(written << 16 - received.load(ordering: .relaxed) < kernelBuffers)
                    }
                }
                let text = try await client.send(ClientRequest(.post, url, body: body)).text
                #expect(text == "ok")
            }
        }
    }

    @Test(arguments: [true, false]) func `come in no faster than they are taken`(isLengthKnown: Bool) async throws {
        let written = Atomic<Int>(0)
        let handler: Handler = { [size] _ in
            .stream(.binary, length: isLengthKnown ? size : nil) { writer in
                for _ in 0..<size >> 16 {
                    try await writer.write([UInt8](repeating: 1, count: 1 << 16))
                    written.wrappingAdd(1 << 16, ordering: .relaxed)
                }
            }
        }
        try await withServer(handler) { address in
            try await withClient { [size, kernelBuffers] client in
                var pieces = try await client.get(address.url).body.pieces(), count = 0
                while let piece = try await pieces.next() {
                    count += piece.count
                    #expect(written.load(ordering: .relaxed) - count < kernelBuffers)
                }
                #expect(count == size)
            }
        }
    }

    @Test func `pass through a proxy in both directions`() async throws {
        let upstream: Handler = { request in
            var count = 0
            for try await chunk in request.body.chunks() { count += chunk.count }
            let total = count
            return .stream(.binary, length: total) { writer in
                for _ in 0..<total >> 16 { try await writer.write([UInt8](repeating: 1, count: 1 << 16)) }
            }
        }
        try await withServer(upstream, limits: generous) { address in
            try await withClient { inner in
                let proxy: Handler = { request in
                    let body = ClientRequestBody.stream(length: request.body.length) { writer in
                        for try await chunk in request.body.chunks() { try await writer.write(chunk) }
                    }
                    let answer = try await inner.send(ClientRequest(.post, address.url, body: body))
                    return .stream(.binary, length: answer.body.length) { writer in
                        for try await piece in answer.body.pieces() { try await writer.write(piece) }
                    }
                }
                try await withServer(proxy, limits: generous) { [size] front in
                    try await withClient { client in
                        let body = ClientRequestBody.stream(length: size) { writer in
                            for _ in 0..<size >> 16 { try await writer.write([UInt8](repeating: 1, count: 1 << 16)) }
                        }
                        let response = try await client.send(ClientRequest(.post, front.url, body: body))
                        var count = 0
                        for try await piece in response.body.pieces() { count += piece.count }
                        #expect(count == size)
                    }
                }
            }
        }
    }
}
