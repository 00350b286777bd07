import Testing
import TradewindHTTP

@Suite struct `Closing a WebSocket` {
    static func close(_ code: UInt16, _ reason: String = "") -> [UInt8] {
        wireFrame(8, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])
    func `a code that may travel arrives with its reason`(code: UInt16) {
        let expected = WebSocketEvent.close(WebSocketCloseCode(rawValue: code), reason: "grüße")
        #expect(heard(Self.close(code, "grüße"), by: .client) == [expected])
    }

    @Test(arguments: [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
    func `a code that may not travel is refused`(code: UInt16) {
        #expect(heard(Self.close(code, "x"), by: .client) == [.violation(.closeCodeInvalid)])
    }

    @Test func `a payload of one byte is refused, none is fine`() {
        #expect(heard(wireFrame(8, [3]), by: .client) == [.violation(.closePayloadCut)])
        #expect(heard(wireFrame(8), by: .client) == [.close(nil, reason: "")])
    }

    @Test func `a reason may fill the frame and must be text`() {
        let longest = String(repeating: "x", count: 123)
        #expect(heard(Self.close(1000, longest), by: .client) == [.close(.normal, reason: longest)])
        #expect(heard(wireFrame(8, [0x03, 0xE8, 0xC3]), by: .client) == [.violation(.closeReasonNotUTF8)])
        #expect(heard(wireFrame(8, [0x03, 0xE8, 0xFF, 0x41]), by: .client) == [.violation(.closeReasonNotUTF8)])
    }

    @Test func `a server that is asked echoes and disconnects, a client waits for the server`() {
        var server = WebSocketCloseHandshake(.server)
        #expect(server.maySend)
        #expect(server.received(.goingAway) == .sendAndDisconnect(.goingAway))
        #expect(!server.maySend)
        server.expectEnd(.goingAway, by: .remote, isClean: true)
        var client = WebSocketCloseHandshake(.client)
        #expect(client.received(nil) == .send(nil))
        client.expectEnd(.noStatus, by: .remote, isClean: true)
    }

    @Test func `who begins sends once and is done when the answer comes`() {
        for role in WebSocketRole.allCases {
            var handshake = WebSocketCloseHandshake(role)
            #expect(handshake.close(.normal) == .send(.normal))
            #expect(!handshake.maySend && handshake.outcome == nil)
            #expect(handshake.close(.goingAway) == .wait)
            #expect(handshake.received(.normal) == (role == .server ? .disconnect : .wait))
            handshake.expectEnd(.normal, by: .local, isClean: true)
            #expect(handshake.received(.normal) == .wait)
            handshake.disconnected()
            #expect(handshake.outcome?.isClean == true)
        }
    }

    @Test func `a violation is told and ends it; after our own close it just ends it`() {
        var handshake = WebSocketCloseHandshake(.client)
        #expect(handshake.failed(.textNotUTF8) == .sendAndDisconnect(.invalidPayload))
        handshake.expectEnd(.invalidPayload, by: .local, isClean: false)
        #expect(handshake.failed(.textNotUTF8) == .wait)
        handshake = WebSocketCloseHandshake(.client)
        _ = handshake.close(.normal)
        #expect(handshake.failed(.reservedBits) == .disconnect)
    }

    @Test func `a connection that breaks was closed by nobody`() {
        var handshake = WebSocketCloseHandshake(.server)
        handshake.disconnected()
        handshake.expectEnd(.abnormal, by: nil, isClean: false)
        #expect(handshake.close(.normal) == .wait)
        handshake = WebSocketCloseHandshake(.server)
        _ = handshake.close(.normal)
        handshake.disconnected()
        handshake.expectEnd(.abnormal, by: .local, isClean: false)
    }
}

extension WebSocketCloseHandshake {
    fileprivate func expectEnd(
        _ code: WebSocketCloseCode, by side: Side?, isClean: Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome?.code == code, sourceLocation: sourceLocation)
        #expect(outcome?.closedBy == side, sourceLocation: sourceLocation)
        #expect(outcome?.isClean == isClean, sourceLocation: sourceLocation)
    }
}
