/// Proactive negotiation (RFC 9110 §12): which of what we have does the client like best.
extension ReceivedHeaders {
    /// Whether the answer may be gzip-coded. Asks of every compressible answer, so it makes no text.
    package var acceptsGzip: Bool {
        var gzip: Int?
        var others: Int?
        for index in 0..<count where storage.field(index).known == .acceptEncoding {
            storage.withBytes(storage.field(index).value) { bytes in
                var members = ListMembers(0..<bytes.count)
                while let member = members.next(in: bytes) {
                    let (coding, quality) = Quality.split(member, in: bytes)
                    if bytes.equals(coding, ignoringCase: "gzip") || bytes.equals(coding, ignoringCase: "x-gzip") {
                        gzip = quality
                    } else if bytes.equals(coding, ignoringCase: "*") {
                        others = quality
                    }
                }
            }
        }
        return (gzip ?? others ?? 0) > 0
    }

    /// The offer that Accept prefers, the first of equals; nil when none is acceptable, which is a 406. Without a
    /// readable Accept field anything goes.
    package func preferred(of offers: [MediaType]) -> MediaType? {
        let wanted = all(.accept).flatMap(AcceptedRange.list)
        if wanted.isEmpty { return offers.first }
        var best: (offer: MediaType, quality: Int)?
        for offer in offers {
            let quality = AcceptedRange.quality(of: offer, among: wanted)
            if quality > (best?.quality ?? 0) { best = (offer, quality) }
        }
        return best?.offer
    }
}

private struct AcceptedRange {
    let range: MediaType
    let quality: Int

    static func list(_ text: String) -> [AcceptedRange] {
        let bytes = text.utf8Span.span
        var ranges: [AcceptedRange] = []
        var members = QuotedMembers(0..<bytes.count, separator: .comma)
        while let member = members.next(in: bytes) {
            guard let range = MediaType(bytes, in: member) else { continue }
            ranges.append(AcceptedRange(range: range, quality: range["q"].map(Quality.thousandths) ?? 1_000))
        }
        return ranges
    }

    /// The most exact range decides (RFC 9110 §12.5.1), though another may have a higher weight.
    static func quality(of offer: MediaType, among ranges: [AcceptedRange]) -> Int {
        var best: (specificity: Int, quality: Int) = (-1, 0)
        for accepted in ranges {
            guard let specificity = accepted.range.specificity(for: offer), specificity > best.specificity else {
                continue
            }
            best = (specificity, accepted.quality)
        }
        return best.quality
    }
}

/// RFC 9110 §12.4.2: weights from 0 to 1 in thousandths; what is no weight counts as 0.
enum Quality {
    static func thousandths(_ text: String) -> Int {
        let bytes = text.utf8Span.span
        return thousandths(0..<bytes.count, in: bytes)
    }

    static func thousandths(_ range: Range<Int>, in bytes: Span<UInt8>) -> Int {
        guard 1...5 ~= range.count, bytes[range.lowerBound] & 0xFE == 0x30,
            range.count == 1 || bytes[range.lowerBound + 1] == UInt8(ascii: ".")
        else { return 0 }
        var (value, scale) = (Int(bytes[range.lowerBound] & 1) * 1_000, 100)
        for index in range.dropFirst(2) {
            guard bytes[index].isDigit else { return 0 }
            value += Int(bytes[index] & 15) * scale
            scale /= 10
        }
        return value <= 1_000 ? value : 0
    }

    /// A list member's name and its weight, 1000 without one.
    static func split(_ member: Range<Int>, in bytes: Span<UInt8>) -> (name: Range<Int>, quality: Int) {
        let semicolon = bytes.firstIndex(of: UInt8(ascii: ";"), from: member.lowerBound, to: member.upperBound)
        let name = bytes.trimmed(member.lowerBound, semicolon)
        guard semicolon < member.upperBound else { return (name, 1_000) }
        let weight = bytes.trimmed(semicolon + 1, member.upperBound)
        guard weight.count > 2, bytes[weight.lowerBound].lowercased == UInt8(ascii: "q"),
            bytes[weight.lowerBound + 1] == UInt8(ascii: "=")
        else { return (name, 0) }
        return (name, thousandths(weight.lowerBound + 2..<weight.upperBound, in: bytes))
    }
}
