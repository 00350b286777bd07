internal import TradewindHTTP
internal import TradewindLocks

/// The gzip of text files that are asked for, so that each is compressed once while it does not change.
final class CodedFiles: Sendable {
    static let largestFile = 1 << 20
    private static let mostBytes = 16 << 20

    private struct Entry {
        let tag: EntityTag
        /// Nil when compressing does not pay.
        let bytes: [UInt8]?
    }
    private struct Entries {
        var byName: [String: Entry] = [:]
        var bytes = 0
    }
    private let entries = Lock(Entries())

    /// Nil when the file had better be sent as it is.
    func gzip(_ name: String, _ tag: EntityTag, _ read: () throws -> [UInt8]) throws -> [UInt8]? {
        if let known = entries.withLock({ $0.byName[name] }), known.tag == tag { return known.bytes }
        let plain = try read()
        let coded = try? TradewindHTTP.gzip(plain.span)
        let entry = Entry(tag: tag, bytes: coded.flatMap { $0.count < plain.count ? $0 : nil })
        entries.withLock { entries in
            // Too much is rare and starting over is cheap; an order of use would cost on each hit.
            if entries.bytes > Self.mostBytes { entries = Entries() }
            entries.bytes += (entry.bytes?.count ?? 0) - (entries.byName[name]?.bytes?.count ?? 0) + name.utf8.count
            entries.byName[name] = entry
        }
        return entry.bytes
    }
}
