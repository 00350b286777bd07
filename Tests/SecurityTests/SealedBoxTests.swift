import COpenSSL
import Testing
import TradewindSecurity

@Suite struct `AES-256-GCM` {
    /// Test cases 13, 14 and 16 of the GCM submission to NIST (McGrew and Viega).
    static let cases = [
        (
            key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12), bound: "", plain: "",
            sealed: "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        (
            key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12), bound: "",
            plain: String(repeating: "00", count: 16),
            sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        ),
        (
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", nonce: "cafebabefacedbaddecaf888",
            bound: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            plain: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ]

    @Test(arguments: cases)
    func `is that of the published cases`(key: String, nonce: String, bound: String, plain: String, sealed: String) {
        let bytes = [UInt8](hexadecimal: key)
        var key = InlineArray<32, UInt8>(repeating: 0)
        for index in 0..<32 { key[index] = bytes[index] }
        let (nonce, bound) = ([UInt8](hexadecimal: nonce), [UInt8](hexadecimal: bound))
        let cipher = AESGCM(key: key)
        let box = cipher.seal([UInt8](hexadecimal: plain).span, nonce: nonce.span, bound: bound.span)
        #expect(box?.hexadecimal == sealed)
        let opened = cipher.open([UInt8](hexadecimal: sealed).span, nonce: nonce.span, bound: bound.span)
        #expect(opened?.hexadecimal == plain)
    }
}

@Suite struct `A sealed box` {
    private func key(_ id: String, _ byte: UInt8) throws -> SealedBoxes.Key {
        try #require(SealedBoxes.Key(id: id, bytes: [UInt8](repeating: byte, count: 32)))
    }

    private func boxes() throws -> SealedBoxes { SealedBoxes(try key("k1", 1), chance: .counting()) }

    @Test(arguments: [0, 1, 15, 16, 17, 5_000])
    func `opens where it was sealed`(count: Int) throws {
        let (boxes, plain) = (try boxes(), [UInt8](repeating: 0x41, count: count))
        #expect(try boxes.open(try boxes.seal(plain, in: "channel 1"), in: "channel 1") == plain)
    }

    @Test func `is never the same twice`() throws {
        let boxes = try boxes()
        #expect(try boxes.seal("x".bytes, in: "a") != boxes.seal("x".bytes, in: "a"))
    }

    @Test func `does not open in another place`() throws {
        let boxes = try boxes()
        let box = try boxes.seal("x".bytes, in: "channel 1")
        #expect(throws: SealedBoxes.Unopened()) { try boxes.open(box, in: "channel 2") }
    }

    @Test func `does not open when any character of it is another, and leaves OpenSSL as if nothing had been`() throws {
        let boxes = try boxes()
        let box = try boxes.seal("attack at dawn".bytes, in: "a").bytes
        for index in box.indices {
            for flip in [1, 2, 32] as [UInt8] {
                var other = box
                other[index] ^= flip
                #expect(throws: SealedBoxes.Unopened()) { try boxes.open(other.text, in: "a") }
            }
        }
        #expect(ERR_peek_error() == 0)
    }

    @Test(arguments: ["", ".", "v1", "v1.k1", "v1.k1.", "v1.k1.AAAA", "v2.k1.AAAA", "v1.k9.AAAA", "v1.k1.AAAA.AAAA"])
    func `is no other text`(text: String) throws {
        let boxes = try boxes()
        #expect(throws: SealedBoxes.Unopened()) { try boxes.open(text, in: "a") }
    }

    @Test func `outlives its key's being replaced, and says that it should be sealed again`() throws {
        let (old, new) = (try key("2024", 1), try key("2025", 2))
        let box = try SealedBoxes(old, chance: .counting()).seal("x".bytes, in: "a")
        let boxes = SealedBoxes(new, older: [old], chance: .counting())
        #expect(try boxes.open(box, in: "a").text == "x")
        #expect(boxes.isOutdated(box))
        #expect(!boxes.isOutdated(try boxes.seal("x".bytes, in: "a")))
        let later = SealedBoxes(new, chance: .counting())
        #expect(throws: SealedBoxes.Unopened()) { try later.open(box, in: "a") }
    }

    @Test func `is not opened by another key of the same name`() throws {
        let box = try boxes().seal("x".bytes, in: "a")
        let others = SealedBoxes(try key("k1", 2), chance: .counting())
        #expect(throws: SealedBoxes.Unopened()) { try others.open(box, in: "a") }
    }

    @Test(arguments: ["", "a.b", "a b", "ä", String(repeating: "a", count: 33)])
    func `has a key with a plain name`(id: String) {
        #expect(SealedBoxes.Key(id: id, bytes: [UInt8](repeating: 1, count: 32)) == nil)
    }

    @Test(arguments: [0, 16, 31, 33]) func `has a key of 32 bytes`(count: Int) {
        #expect(SealedBoxes.Key(id: "k", bytes: [UInt8](repeating: 1, count: count)) == nil)
    }
}
