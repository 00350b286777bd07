internal import CLinux
internal import Glibc

/// A folder to read files from, and nothing outside of it. Its calls block, so they belong on a `WorkerPool`.
package final class Folder: Sendable {
    private let descriptor: Descriptor

    package init(_ path: String) throws(SystemError) {
        descriptor = Descriptor(
            owning: try syscall("openat") { unsafe openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
        _ = try place(of: descriptor.raw)
    }

    /// What is at `path` below the folder; nil when there is nothing to be read, or it lies outside. Links are
    /// followed, then the kernel is asked where that led: what was opened is judged, so nothing can change in between.
    package func open(_ path: String) throws(SystemError) -> File? {
        let opened: Descriptor
        do {
            // O_NONBLOCK for pipes, whose other end may never come; it does nothing to files.
            let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
            opened = Descriptor(owning: try syscall("openat") { unsafe openat(descriptor.raw, path, flags) })
        } catch  where [ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG, ENXIO].contains(error.code) {
            return nil
        }
        let root = try place(of: descriptor.raw), place = try place(of: opened.raw)
        guard place == root || place.hasPrefix(root == "/" ? "/" : root + "/") else { return nil }
        return try File(opened)
    }
}

/// A file or folder that is open for reading.
package final class File: Sendable {
    package enum Kind: Sendable { case regular, folder, other }

    package let kind: Kind
    package let size: Int
    /// Nanoseconds since 1970.
    package let modified: Int64
    package let inode: UInt64
    private let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) throws(SystemError) {
        var status = stat()
        let raw = descriptor.raw
        try syscall("fstat") { unsafe fstat(raw, &status) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .regular
        case S_IFDIR: kind = .folder
        default: kind = .other
        }
        size = Int(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        inode = UInt64(status.st_ino)
        self.descriptor = descriptor
    }

    /// The bytes from `offset` on, at most `count`; fewer only where the file ends.
    package func read(at offset: Int, upTo count: Int) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let position = offset + bytes.count
            var failure: SystemError?
            bytes.append(addingCapacity: count - bytes.count) { free in
                unsafe free.withUnsafeMutableBufferPointer { target, filled in
                    let room = target.count
                    do throws(SystemError) {
                        // Safety: the kernel writes at most as much as there is room for, and says how much it was.
                        filled = try syscall("pread") {
                            unsafe pread(descriptor.raw, target.baseAddress, room, position)
                        }
                    } catch {
                        failure = error
                    }
                }
            }
            if let failure { throw failure }
            if bytes.count + offset == position { break }
        }
        return bytes
    }
}

extension Folder {
    /// Where the program lies that runs.
    package static var ofProgram: String? {
        guard let program = try? target(ofLink: "/proc/self/exe"), let slash = program.lastIndex(of: "/") else {
            return nil
        }
        return String(program[..<slash])
    }
}

/// Where an open file is now, as the kernel knows it.
private func place(of raw: CInt) throws(SystemError) -> String { try target(ofLink: "/proc/self/fd/\(raw)") }

private func target(ofLink link: String) throws(SystemError) -> String {
    var path = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let length = try syscall("readlink") {
        unsafe path.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.withMemoryRebound(to: CChar.self) { buffer in
                guard let base = buffer.baseAddress else { return -1 }
                return unsafe readlink(link, base, buffer.count)
            }
        }
    }
    return String(decoding: path.prefix(length), as: UTF8.self)
}
