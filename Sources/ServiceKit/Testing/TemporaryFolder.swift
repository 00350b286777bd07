internal import Glibc

/// Runs `body` with the path of an empty folder, which is removed afterwards with all that is in it.
package func withTemporaryFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let path = try makeFolder()
    defer { remove(path) }
    return try await body(path)
}

func makeFolder() throws -> String {
    let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/tradewind-XXXXXX".utf8CString)
    return try unsafe template.withUnsafeMutableBufferPointer { name in
        guard let start = name.baseAddress, let made = unsafe mkdtemp(start) else {
            throw DidNotHappen("a temporary folder in \(parent): errno \(errno)")
        }
        return unsafe String(cString: made)
    }
}

/// Links are removed, not followed.
private func remove(_ path: String) {
    if unsafe unlink(path) == 0 { return }
    for name in names(in: path) { remove("\(path)/\(name)") }
    _ = unsafe rmdir(path)
}

func names(in folder: String) -> [String] {
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
        // Safety: the entry is valid until the next read, and the kernel ends its name with a zero.
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
            unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names
}
