package import TradewindHTTP
package import TradewindReactor

/// Answers with the files of a folder (RFC 9110 §13, §14): validators, conditions, one range, gzip. Files are looked up
/// and read by workers; the loop only sends. Nothing outside the folder and nothing hidden can be reached.
package struct StaticFiles: Sendable {
    package struct Options: Sendable {
        /// Default: keep, but ask each time, which costs a 304. For names that contain a hash of what they hold:
        /// `max-age=31536000, immutable`.
        package var cacheControl = "no-cache"
        /// For pages only.
        package var contentSecurityPolicy =
            "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
        /// What a folder answers with.
        package var index = "index.html"
        package init() {}
    }

    private let folder: Folder
    private let prefix: String
    private let workers: WorkerPool
    private let options: Options
    private let cache = CodedFiles()

    /// - Parameter prefix: what the paths of requests begin with that the folder's do not, such as `/assets`.
    package init(
        _ path: String, at prefix: String = "", workers: WorkerPool, options: Options = Options()
    ) throws(SystemError) {
        folder = try Folder(path)
        (self.prefix, self.workers, self.options) = (prefix, workers, options)
    }

    /// As the handler of routes: `.get("/assets/*path", files.respond)`.
    package func respond(to request: Request) async throws -> Response {
        guard request.method == .get || request.method == .head else {
            throw Problem(.methodNotAllowed, detail: "files can only be read", headers: [.allow: "GET, HEAD"])
        }
        guard let path = FilePath(of: request.head, below: prefix) else { throw missing }
        do {
            return try await workers.run { try answer(to: request, path) }
        } catch is WorkerPool.Overloaded {
            throw Problem(.serviceUnavailable, headers: [.retryAfter: "1"])
        }
    }

    private var missing: Problem { Problem(.notFound, detail: "there is no such file") }

    /// On a worker.
    private func answer(to request: Request, _ path: FilePath) throws -> Response {
        guard var file = try folder.open(path.text) else { throw missing }
        var name = path.text
        if file.kind == .folder {
            // Without the slash, a page's relative links would lead beside the folder.
            guard path.isFolder else { return redirect(to: path.field(below: prefix) + "/", request.head.query) }
            name = path.text == "." ? options.index : path.text + "/" + options.index
            guard let index = try folder.open(name) else { throw missing }
            file = index
        } else if path.isFolder {
            throw missing
        }
        guard file.kind == .regular else { throw missing }
        return try answer(to: request, with: file, named: name)
    }

    private func redirect(to path: String, _ query: String?) -> Response {
        Response(.permanentRedirect, headers: [.location: query.map { "\(path)?\($0)" } ?? path])
    }

    private func answer(to request: Request, with file: File, named name: String) throws -> Response {
        let type = ContentType(ofFile: name)
        let content = try choose(file, named: name, type, for: request.head)
        var response = Response(contentType: type, headers: fields(of: content, type))
        switch Precondition(request.head, content.tag, modified: content.modified) {
        case .failed: throw Problem(.preconditionFailed)
        case .notModified:
            (response.status, response.contentType) = (.notModified, nil)
            return response
        case .holds: break
        }
        switch requestedRange(request, content) {
        case .ignored: response.body = try content.body(0..<content.size, for: request.method, workers)
        case .range(let range):
            response.status = .partialContent
            response.headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(content.size)"
            response.body = try content.body(range, for: request.method, workers)
        case .unsatisfiable:
            throw Problem(.rangeNotSatisfiable, headers: [.contentRange: "bytes */\(content.size)"])
        }
        return response
    }

    private func fields(of content: FileContent, _ type: ContentType) -> HTTPHeaders {
        var headers: HTTPHeaders = [
            .etag: content.tag.field, .lastModified: HTTPDate.string(content.modified),
            .cacheControl: options.cacheControl,
        ]
        if type.isCompressible { headers.add(.vary, "Accept-Encoding") }
        if content.isCoded { headers.add(.contentEncoding, "gzip") } else { headers.add(.acceptRanges, "bytes") }
        if type == .html { headers.add(.contentSecurityPolicy, options.contentSecurityPolicy) }
        return headers
    }

    /// Ranges are given of the file as it is, so who asks for one gets no gzip. HEAD has no ranges (RFC 9110 §14.2).
    private func requestedRange(_ request: Request, _ content: FileContent) -> RangeRequest {
        guard request.method == .get, !content.isCoded, let field = request[.range] else { return .ignored }
        if let condition = request[.ifRange] {
            // RFC 9110 §13.1.5: only an exact match counts, of a strong tag or of the date.
            guard condition == content.tag.field || condition == HTTPDate.string(content.modified) else {
                return .ignored
            }
        }
        return RangeRequest(field, size: content.size)
    }

    /// The file itself, the `.gz` that lies beside it and is not older, or its gzip from the cache.
    private func choose(
        _ file: File, named name: String, _ type: ContentType, for head: RequestHead
    ) throws -> FileContent {
        guard type.isCompressible, file.size >= compressionThreshold, head.headers.acceptsGzip,
            !head.headers.contains(.range)
        else { return FileContent(file) }
        if let coded = try folder.open(name + ".gz"), coded.kind == .regular, coded.modified >= file.modified {
            return FileContent(coded, isCoded: true)
        }
        let plain = FileContent(file)
        guard file.size <= CodedFiles.largestFile,
            let bytes = try cache.gzip(name, plain.tag, { try file.read(at: 0, upTo: file.size) })
        else { return plain }
        return FileContent(file, coded: bytes)
    }
}
