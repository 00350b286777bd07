internal import TradewindHTTP

/// The file that a request's path names: decoded segment by segment, so that an escaped slash cannot become a real one.
struct FilePath {
    private let segments: [String]
    /// The path ended with a slash.
    let isFolder: Bool

    /// Nil when the path names nothing that may be served: it is not below `prefix`, or a segment is empty, hidden
    /// (which `.` and `..` are, too) or holds a slash.
    init?(of head: RequestHead, below prefix: String) {
        let path = head.withPath { path in String(decoding: path.indices.map { path[$0] }, as: UTF8.self) }
        guard path.hasPrefix(prefix) else { return nil }
        let rest = path.dropFirst(prefix.count)
        guard rest.first == "/" else { return nil }
        var segments: [String] = []
        for part in rest.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let segment = PercentCoding.decode(String(part)), !segment.utf8.contains(UInt8(ascii: "/")),
                segment.utf8.first != UInt8(ascii: ".")
            else { return nil }
            segments.append(segment)
        }
        isFolder = segments.last == ""
        if isFolder { segments.removeLast() }
        guard !segments.contains("") else { return nil }
        self.segments = segments
    }

    /// Relative to the folder.
    var text: String { segments.isEmpty ? "." : segments.joined(separator: "/") }

    /// As a header field says it.
    func field(below prefix: String) -> String {
        segments.reduce(prefix) { $0 + "/" + PercentCoding.encode($1) }
    }
}
