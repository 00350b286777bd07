import Foundation
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

    @Test func `go out in no more memory than a few buffers`() async throws {
        let received = Atomic<Int>(0)
        try await withPeer { caller in
            try await caller.head()
            while received.load(ordering: .relaxed) < size {
                received.wrappingAdd(try await caller.bytes(1 << 16).count, ordering: .relaxed)
            }
            try await caller.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        } _: { url, _ in
            try await withClient { [size] client in
                let most = Atomic<Int>(0)
                let before = residentBytes()
                let body = ClientRequestBody.stream(length: size) { writer in
                    for _ in 0..<size >> 16 {
                        try await writer.write([UInt8](repeating: 1, count: 1 << 16))
                        most.max(residentBytes() - before, ordering: .relaxed)
                    }
                }
                let text = try await client.send(ClientRequest(.post, url, body: body)).text
                #expect(text == "ok")
                #expect(most.load(ordering: .relaxed) < 20 << 20)
            }
        }
        #expect(received.load(ordering: .relaxed) == size)
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
            try await withClient { [size] client in
                let response = try await client.get(address.url)
                var pieces = response.body.pieces(), count = 0, most = 0
                let before = residentBytes()
                while let piece = try await pieces.next() {
                    count += piece.count
                    most = max(most, residentBytes() - before)
                    // What was sent and not yet taken lies in the kernel's buffers, and in none of ours.
                    #expect(written.load(ordering: .relaxed) - count < 16 << 20)
                }
                #expect(count == size)
                #expect(most < 20 << 20)
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

/// What the process holds in memory, from the second number of statm.
private func residentBytes() -> Int {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return (fields.dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
}
