internal import Glibc

/// What the kernel says about this process. Nil where it does not say.
///
/// Safety: every buffer outlives its call and its own size is passed with it.
struct ProcessFacts {
    var cpuSeconds: Double?, startTime: Double?
    var virtualBytes: Double?, residentBytes: Double?
    var openDescriptors: Double?, mostDescriptors: Double?
    var threads: Double?

    /// Reads /proc (proc_pid_stat(5)): a few system calls, made for a scrape only.
    static func read() -> ProcessFacts {
        var facts = ProcessFacts()
        // The name of the program, in parentheses, may hold anything; what follows it is numbers.
        let stat = file("/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
        func field(_ number: Int) -> Double? { stat.count > number - 3 ? Double(stat[number - 3]) : nil }
        let (ticks, page) = (Double(sysconf(Int32(_SC_CLK_TCK))), Double(sysconf(Int32(_SC_PAGESIZE))))
        if let user = field(14), let system = field(15), ticks > 0 { facts.cpuSeconds = (user + system) / ticks }
        if let start = field(22), let boot = bootTime, ticks > 0 { facts.startTime = boot + start / ticks }
        facts.threads = field(20)
        facts.virtualBytes = field(23)
        facts.residentBytes = field(24).map { $0 * page }
        facts.openDescriptors = descriptors
        var limit = rlimit()
        if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            facts.mostDescriptors = Double(limit.rlim_cur)
        }
        return facts
    }

    private static var bootTime: Double? {
        let line = file("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst(6)) }
    }

    private static var descriptors: Double? {
        guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(folder) }
        var count = 0
        while let entry = unsafe readdir(folder) { if unsafe entry.pointee.d_name.0 != CChar(46) { count += 1 } }
        return Double(count - 1)  // without the one that reads the folder
    }

    private static func file(_ path: String) -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { Glibc.close(descriptor) }
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += piece[..<count]
        }
    }

    /// How much room the file system of `path` has for this user, and how large it is.
    static func room(at path: String) -> (free: Int, whole: Int)? {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return nil }
        let block = Int(clamping: status.f_frsize)
        return (Int(clamping: status.f_bavail) &* block, Int(clamping: status.f_blocks) &* block)
    }
}
