internal import TradewindHTTP

extension ContentType {
    /// By the file's extension; bytes without a known one are a download, because `nosniff` forbids to guess.
    init(ofFile name: String) {
        let parts = name.split(separator: "/").last?.split(separator: ".") ?? []
        self = parts.count > 1 ? Self.byExtension[parts[parts.count - 1].lowercased()] ?? .binary : .binary
    }

    private static func text(_ name: String) -> ContentType { .init(name + "; charset=utf-8", isCompressible: true) }
    private static func coded(_ name: String) -> ContentType { .init(name, isCompressible: false) }
    private static func plain(_ name: String) -> ContentType { .init(name, isCompressible: true) }

    private static let byExtension: [String: ContentType] = [
        "html": .html, "htm": .html,
        "css": text("text/css"), "js": text("text/javascript"), "mjs": text("text/javascript"),
        "txt": .text, "log": .text, "csv": text("text/csv"), "md": text("text/markdown"), "ics": text("text/calendar"),
        "json": .json, "map": .json, "webmanifest": plain("application/manifest+json"),
        "jsonld": plain("application/ld+json"),
        "xml": plain("application/xml"), "atom": plain("application/atom+xml"), "rss": plain("application/rss+xml"),
        "yaml": plain("application/yaml"), "yml": plain("application/yaml"), "proto": .text,
        "svg": plain("image/svg+xml"), "bmp": plain("image/bmp"), "ico": plain("image/x-icon"),
        "png": coded("image/png"), "jpg": coded("image/jpeg"), "jpeg": coded("image/jpeg"), "gif": coded("image/gif"),
        "webp": coded("image/webp"), "avif": coded("image/avif"),
        "woff": coded("font/woff"), "woff2": coded("font/woff2"), "ttf": plain("font/ttf"), "otf": plain("font/otf"),
        "mp3": coded("audio/mpeg"), "ogg": coded("audio/ogg"), "wav": plain("audio/wav"), "m4a": coded("audio/mp4"),
        "mp4": coded("video/mp4"), "webm": coded("video/webm"),
        "wasm": plain("application/wasm"), "pdf": coded("application/pdf"),
        "zip": coded("application/zip"), "gz": coded("application/gzip"), "tar": plain("application/x-tar"),
    ]
}
