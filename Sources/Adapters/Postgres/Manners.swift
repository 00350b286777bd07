internal import TradewindPersistence
internal import TradewindReactor

/// Which statements can travel together. All that stand before a sync are done or undone together, and when one fails
/// they all go again, each alone: so in company there is no place for what leaves traces even when it is undone, or
/// what waits for locks while others wait for it.
struct Manners {
    enum Nature { case reads, adds, other }

    private struct Entry {
        let nature: Nature
        var aloneUntil = Instant(nanoseconds: 0)
    }

    private var known: [Statement: Entry] = [:]
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    mutating func want(of job: Job, now: Instant) -> PoolMachine<Connection, Job>.Want {
        switch job.work {
        case .lease: return .whole
        case .one(let sql):
            if job.isAlone { return .alone }
            switch nature(of: sql.statement, now) {
            case .reads: return .reading
            case .adds: return .adding
            case .other: return .alone
            }
        case .many(let statements):
            if job.isAlone { return .alone }
            for sql in statements where nature(of: sql.statement, now) != .adds { return .alone }
            return .adding
        }
    }

    /// Alone it took long, or failed: for a while it shall not trouble others.
    mutating func keepAlone(_ job: Job, until instant: Instant) {
        switch job.work {
        case .lease: break
        case .one(let sql): known[sql.statement]?.aloneUntil = instant
        case .many(let statements): for sql in statements { known[sql.statement]?.aloneUntil = instant }
        }
    }

    private mutating func nature(of statement: Statement, _ now: Instant) -> Nature {
        if let entry = known[statement] { return entry.aloneUntil > now ? .other : entry.nature }
        let nature = Self.nature(of: statement.text)
        if known.count >= capacity { known = [:] }
        known[statement] = Entry(nature: nature)
        return nature
    }

    /// Words that mean waiting for what others hold, or traces that outlast an undoing. They may stand in a literal as
    /// well: the mistake is then on the safe side.
    private static let troublesome = ["UPDATE", "DELETE", "MERGE", "TRUNCATE", "LOCK", "SHARE", "SET", "COPY", "CALL"]

    static func nature(of text: String) -> Nature {
        let words = text.uppercased().split { !$0.isLetter && $0 != "_" }
        guard let first = words.first, !words.contains(where: { troublesome.contains(String($0)) }),
            !words.contains(where: { $0.hasPrefix("PG_") || $0.hasPrefix("SET_") })
        else { return .other }
        let adds = words.contains("INSERT")
        switch first {
        case "SELECT": return adds ? .other : .reads
        case "INSERT": return .adds
        case "WITH": return adds ? .adds : .reads
        default: return .other
        }
    }
}
