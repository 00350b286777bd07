import Glibc
import Testing
import TradewindReactor

@Suite struct `Sockets on a loop` {
    @Test func `what one end writes the other reads`() async throws {
        let heard = try await onLoop { loop in
            let host = try Host(on: loop)
            let client = try await loop.connect(to: [host.address], timeout: .seconds(60))
            let server = await host.accept()
            try await client.sendAll(Array("hello".utf8))
            return try await server.receive(5)
        }
        #expect(heard == Array("hello".utf8))
    }

    @Test func `a writer waits for a slow reader and every byte arrives in order`() async throws {
        let sent = (0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let received = try await onLoop { loop in
            let host = try Host(on: loop)
            let client = try await loop.connect(to: [host.address], timeout: .seconds(60))
            let server = await host.accept()
            async let writing: Void = client.sendAll(sent)
            let received = try await server.receive(sent.count)
            try await writing
            client.close()
            server.close()
            host.close()
            return received
        }
        #expect(received == sent)
    }

    @Test func `the end of the stream is read as such, after the bytes before it`() async throws {
        let counts = try await onLoop { loop in
            let host = try Host(on: loop)
            let client = try await loop.connect(to: [host.address], timeout: .seconds(60))
            let server = await host.accept()
            try await client.sendAll([1, 2, 3])
            client.finishWriting()
            var buffer = ByteBuffer(capacity: 16)
            let counts = [try await server.read(into: &buffer), try await server.read(into: &buffer)]
            try await server.sendAll([4])  // Half-closed: the other direction still works.
            let answer = try await client.receive(1)
            client.close()
            server.close()
            host.close()
            return counts + answer.map(Int.init)
        }
        #expect(counts == [3, 0, 4])
    }

    @Test func `an interrupted reader is told so and later reads fail`() async throws {
        let code = try await onLoop { loop in
            let host = try Host(on: loop)
            let client = try await loop.connect(to: [host.address], timeout: .seconds(60))
            let interrupter = loop.deadline { client.interrupt() }
            loop.set(interrupter, to: .now() + .milliseconds(5))
            defer {
                client.close()
                host.close()
            }
            do {
                _ = try await client.receive(1)
                return CInt(0)
            } catch { return (error as? SystemError)?.code ?? -1 }
        }
        #expect(code == ECANCELED)
    }

    @Test func `nobody listens, so connecting is refused`() async throws {
        await #expect(throws: ConnectError.self) {
            try await onLoop { loop in
                // Port 1 is handed out to nobody, so no other test can be listening there.
                _ = try await loop.connect(to: [loopback.with(port: 1)], timeout: .seconds(60))
            }
        }
    }

    @Test func `the first address that answers wins and the refused one before it costs no quarter second`()
        async throws
    {
        let port = try await onLoop { loop in
            let host = try Host(on: loop)
            let dead = SocketAddress(numeric: "127.0.0.2", port: 1)
            let client = try await loop.connect(to: [dead ?? loopback, host.address], timeout: .seconds(60))
            client.close()
            host.close()
            return host.address.port
        }
        #expect(port != 0)
    }

    @Test func `a cancelled connect ends with CancellationError`() async throws {
        await #expect(throws: CancellationError.self) {
            try await onLoop { loop in
                let host = try Host(on: loop)
                defer { host.close() }
                try await withTaskExecutorPreference(loop) {
                    let attempt = Task(executorPreference: loop) {
                        unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                        try await loop.connect(to: [host.address], timeout: .seconds(60)).close()
                        try Task.checkCancellation()
                    }
                    try await attempt.value
                }
            }
        }
    }
}
