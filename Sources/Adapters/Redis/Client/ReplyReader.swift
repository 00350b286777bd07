internal import CHiredis

/// hiredis' parser of answers, which builds our values instead of its own.
///
/// Safety: `@unchecked Sendable` because it belongs to one connection and is used on that connection's loop only.
@safe final class ReplyReader: @unchecked Sendable {
    // Safety: owned by this object alone, freed in deinit, never handed out.
    private let reader: UnsafeMutablePointer<redisReader>
    private let tree = ReplyTree()

    init?() {
        guard let reader = unsafe redisReaderCreateWithFunctions(functions) else { return nil }
        unsafe self.reader = unsafe reader
        // Safety: hiredis hands it back to the functions below during `redisReaderGetReply`, while we hold the tree.
        unsafe reader.pointee.privdata = Unmanaged.passUnretained(tree).toOpaque()
    }

    deinit { unsafe redisReaderFree(reader) }

    /// False when memory is short.
    func feed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        return unsafe redisReaderFeed(reader, start, bytes.count) == REDIS_OK
    }

    struct NotRESP: Error { let reason: String }

    /// Nil when the next answer is not whole yet.
    func next() throws(NotRESP) -> RedisValue? {
        var reply: UnsafeMutableRawPointer?
        guard unsafe redisReaderGetReply(reader, &reply) == REDIS_OK else {
            let reason = unsafe withUnsafeBytes(of: reader.pointee.errstr) { text in
                unsafe String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
            }
            throw NotRESP(reason: reason)
        }
        return tree.take()
    }
}

/// Puts an answer together, whose parts come from the outside in and from left to right.
private final class ReplyTree {
    private struct Branch {
        var values: [RedisValue]
        var missing: Int
    }
    private var branches: [Branch] = []
    private var whole: RedisValue?

    func take() -> RedisValue? {
        defer { whole = nil }
        return whole
    }

    func begin(_ count: Int) {
        guard count > 0 else { return add(.array([])) }
        var branch = Branch(values: [], missing: count)
        branch.values.reserveCapacity(min(count, 1_024))  // the count is the peer's
        branches.append(branch)
    }

    func add(_ value: RedisValue) {
        var value = value
        while let last = branches.indices.last {
            branches[last].values.append(value)
            branches[last].missing -= 1
            if branches[last].missing > 0 { return }
            value = .array(branches.removeLast().values)
        }
        whole = value
    }
}

/// hiredis wants something for each value that is not null. It never looks at it, and frees it by `freeObject`.
private func add(_ value: RedisValue, _ task: UnsafePointer<redisReadTask>?) -> UnsafeMutableRawPointer? {
    guard let data = unsafe task?.pointee.privdata else { return nil }
    // Safety: the tree of the reader that is being asked for an answer just now.
    unsafe Unmanaged<ReplyTree>.fromOpaque(data).takeUnretainedValue().add(value)
    return unsafe data
}

// Safety: made once, never changed, never freed.
nonisolated(unsafe) private let functions: UnsafeMutablePointer<redisReplyObjectFunctions> = {
    let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
    unsafe functions.initialize(
        to: redisReplyObjectFunctions(
            createString: { task, start, count in
                let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
                switch unsafe task?.pointee.type {
                case REDIS_REPLY_ERROR:
                    return unsafe add(.complaint(RedisComplaint(String(decoding: bytes, as: UTF8.self))), task)
                case REDIS_REPLY_STATUS: return unsafe add(.status(String(decoding: bytes, as: UTF8.self)), task)
                default: return unsafe add(.bytes(Array(bytes)), task)
                }
            },
            createArray: { task, count in
                guard let data = unsafe task?.pointee.privdata else { return nil }
                // Safety: as above.
                unsafe Unmanaged<ReplyTree>.fromOpaque(data).takeUnretainedValue().begin(Int(count))
                return unsafe data
            },
            createInteger: { task, value in unsafe add(.integer(Int64(value)), task) },
            createNil: { task in unsafe add(.null, task) },
            freeObject: { _ in }))
    return unsafe functions
}()
