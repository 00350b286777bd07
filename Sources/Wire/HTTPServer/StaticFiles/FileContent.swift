internal import TradewindHTTP
internal import TradewindReactor

/// What is sent of a file: its bytes, or a coding of them.
struct FileContent {
    /// Smaller ones are read by the worker that found them; larger ones in pieces of this size, as the client takes
    /// them.
    static let pieceSize = 256 * 1024
    private static let wholeSize = 64 * 1024

    let size: Int
    let tag: EntityTag
    /// Seconds since 1970.
    let modified: Int
    let isCoded: Bool
    private let file: File
    private let coded: [UInt8]?

    init(_ file: File, isCoded: Bool = false) {
        (self.file, self.isCoded, size, coded) = (file, isCoded, file.size, nil)
        (tag, modified) = (FileContent.tag(of: file, isCoded), Int(file.modified / 1_000_000_000))
    }

    init(_ file: File, coded: [UInt8]) {
        (self.file, isCoded, size, self.coded) = (file, true, coded.count, coded)
        (tag, modified) = (FileContent.tag(of: file, true), Int(file.modified / 1_000_000_000))
    }

    /// Strong: a file that is written again has another time, one that is replaced another number.
    private static func tag(of file: File, _ isCoded: Bool) -> EntityTag {
        let numbers = [UInt64(file.size), UInt64(bitPattern: file.modified), file.inode]
        let text = numbers.map { String($0, radix: 36) }.joined(separator: "-")
        return EntityTag(opaque: isCoded ? text + "-gz" : text)
    }

    func body(_ range: Range<Int>, for method: HTTPMethod, _ workers: WorkerPool) throws -> ResponseBody {
        if method == .head { return .stream(length: range.count) { _ in } }
        if let coded { return .bytes(coded) }
        guard range.count > Self.wholeSize else {
            let bytes = try file.read(at: range.lowerBound, upTo: range.count)
            if bytes.count < range.count { throw FileShrank() }
            return .bytes(bytes)
        }
        return .stream(length: range.count) { [file] client in
            var offset = range.lowerBound
            while offset < range.upperBound {
                let piece = min(Self.pieceSize, range.upperBound - offset)
                let bytes = try await workers.run { [offset] in try file.read(at: offset, upTo: piece) }
                if bytes.count < piece { throw FileShrank() }
                try await client.write(bytes)
                offset += piece
            }
        }
    }

    /// What was promised is no longer there. The connection ends short of it, so the client knows.
    private struct FileShrank: Error {}
}
