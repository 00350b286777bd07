/// The compression that two peers agreed on, or that a client offers: permessage-deflate (RFC 7692 §7).
package struct PerMessageDeflate: Sendable, Equatable {
    /// How one side compresses what it sends.
    package struct Sender: Sendable, Equatable {
        /// Whether messages refer back to earlier ones. It saves bytes and costs both sides memory all the time.
        package var keepsContext: Bool
        /// 8 to 15: how far back a message may refer.
        package var windowBits: Int

        package init(keepsContext: Bool = false, windowBits: Int = 15) {
            (self.keepsContext, self.windowBits) = (keepsContext, windowBits)
        }

        /// zlib cannot write raw streams of 256 bytes of window: the side then just sends uncompressed.
        var canCompress: Bool { windowBits > 8 }
    }

    package var server: Sender
    package var client: Sender

    package init(server: Sender = Sender(), client: Sender = Sender()) {
        (self.server, self.client) = (server, client)
    }

    static let token = "permessage-deflate"

    /// The parameters of an offer or an answer, which have the same names but not the same rules.
    private struct Parameters {
        var serverKeepsContext = true, clientKeepsContext = true
        var serverWindowBits: Int?, clientWindowBits: Int?
        var namesClientWindow = false

        /// Nil if a parameter is unknown, doubled, or has a value that it cannot have (RFC 7692 §7.1).
        init?(_ element: WebSocketExtension) {
            guard element.name == PerMessageDeflate.token else { return nil }
            var seen: Set<String> = []
            for parameter in element.parameters {
                guard seen.insert(parameter.name).inserted else { return nil }
                switch (parameter.name, parameter.value) {
                case ("server_no_context_takeover", nil): serverKeepsContext = false
                case ("client_no_context_takeover", nil): clientKeepsContext = false
                case ("client_max_window_bits", nil): namesClientWindow = true
                case ("server_max_window_bits", let value?):
                    guard let bits = Self.windowBits(value) else { return nil }
                    serverWindowBits = bits
                case ("client_max_window_bits", let value?):
                    guard let bits = Self.windowBits(value) else { return nil }
                    (clientWindowBits, namesClientWindow) = (bits, true)
                default: return nil
                }
            }
        }

        /// §7.1.2: a decimal number without leading zeroes.
        private static func windowBits(_ value: String) -> Int? {
            (8...15).first { String($0) == value }
        }
    }

    /// The server's choice: the first offer it can serve. It always asks that neither side keep its context, so that
    /// an idle connection holds no zlib state and one deflater serves all connections of an event loop.
    static func accepting(_ offers: [WebSocketExtension]) -> PerMessageDeflate? {
        for offer in offers {
            guard let offered = Parameters(offer) else { continue }
            let agreed = PerMessageDeflate(server: Sender(windowBits: offered.serverWindowBits ?? 15))
            if agreed.server.canCompress { return agreed }
        }
        return nil
    }

    /// The server's answer to the offer it accepted. The client's window is left to the client: reading needs no
    /// memory between messages whatever it is, and old zlibs write 9 bits where 8 were agreed.
    var answer: String {
        let window = server.windowBits < 15 ? "; server_max_window_bits=\(server.windowBits)" : ""
        return "\(Self.token); server_no_context_takeover; client_no_context_takeover" + window
    }

    /// What a client offers that wants compression to be like this.
    var offer: String {
        var offer = Self.token
        if !server.keepsContext { offer += "; server_no_context_takeover" }
        if !client.keepsContext { offer += "; client_no_context_takeover" }
        if server.windowBits < 15 { offer += "; server_max_window_bits=\(server.windowBits)" }
        return offer + "; client_max_window_bits" + (client.windowBits < 15 ? "=\(client.windowBits)" : "")
    }

    /// What came of this offer, or nil if the server's answer does not fit it (RFC 7692 §7.1).
    func settled(by answer: WebSocketExtension) -> PerMessageDeflate? {
        guard let answered = Parameters(answer) else { return nil }
        // In an answer the client's window must have a value, and the server grants what was asked of it.
        guard !answered.namesClientWindow || answered.clientWindowBits != nil else { return nil }
        guard server.keepsContext || !answered.serverKeepsContext else { return nil }
        let serverWindow = answered.serverWindowBits ?? 15
        guard serverWindow <= server.windowBits else { return nil }
        return PerMessageDeflate(
            server: Sender(keepsContext: answered.serverKeepsContext, windowBits: serverWindow),
            client: Sender(
                keepsContext: client.keepsContext && answered.clientKeepsContext,
                windowBits: min(client.windowBits, answered.clientWindowBits ?? 15)))
    }
}
