internal import Synchronization
internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindHTTP
internal import TradewindHTTPClient
internal import TradewindLocks
internal import TradewindObservability

/// Answers to GETs that their services allow to be given again, to anybody (RFC 9111, a shared cache).
///
/// Few services allow it, so a gateway that holds nothing asks nothing: one load of an atomic.
final class ResponseCache: Sendable {
    /// An answer, and when it is stale.
    struct Entry: Sendable {
        var headers: HTTPHeaders
        let body: [UInt8]
        let tag: EntityTag?
        /// What the answer depends on, as the request that it belongs to had it.
        let variant: [String: String]
        var storedAt: Timestamp, age: Duration, lifetime: Duration

        func currentAge(at now: Timestamp) -> Duration { age + max(.zero, now - storedAt) }
        var bytes: Int { headers.byteCount + body.count + 256 }
    }

    enum Finding {
        /// It can be given as it is.
        case fresh(Entry)
        /// The service must be asked whether it is still true.
        case stale(Entry, EntityTag)
        case nothing
    }

    private let shelf: Lock<Shelf>
    private let isInUse = Atomic(false)
    private let hits: Counter, misses: Counter
    private let clockwork: Clockwork

    /// - Parameter room: in bytes; with none nothing is kept.
    init(room: Int, metrics: Metrics, clockwork: Clockwork) {
        shelf = Lock(Shelf(room: room))
        self.clockwork = clockwork
        hits = metrics.counter("cache_hits_total", "Answers that the gateway gave again without its service")
        misses = metrics.counter("cache_misses_total", "Answers that might have been given again and were not there")
    }

    func find(_ request: Request, at place: Place) -> Finding {
        guard isInUse.load(ordering: .relaxed), request.method == .get, request[.range] == nil else { return .nothing }
        let wish = CacheControl(request.head.all(.cacheControl))
        if wish.noStore { return .nothing }
        guard let entry = shelf.withLock({ $0.find(place, for: request) }) else { return .nothing }
        let now = clockwork.now()
        if entry.currentAge(at: now) < entry.lifetime, !wish.noCache, wish.maxAge != 0 {
            hits.add()
            return .fresh(entry)
        }
        guard let tag = entry.tag else { return .nothing }
        return .stale(entry, tag)
    }

    /// Keeps an answer if it may be kept.
    func offer(
        _ answer: ClientResponse, to request: Request, of caller: Caller, at place: Place, headers: HTTPHeaders
    ) {
        guard request.method == .get, answer.status == .ok, let body = answer.body.whole,
            let lifetime = Self.lifetime(of: answer, to: request, of: caller)
        else { return }
        var variant: [String: String] = [:]
        for name in headers.all(.vary).flatMap({ $0.split(whereSeparator: { $0 == "," || $0 == " " }) }) {
            if name == "*" { return }
            // What the gateway tells services about the client is no field of the request.
            guard let known = Self.comparable[name.lowercased()] else { return }
            variant[name.lowercased()] = request[known] ?? ""
        }
        misses.add()
        let entry = Entry(
            headers: headers, body: body, tag: answer[.etag].flatMap { EntityTag(field: $0) }, variant: variant,
            storedAt: clockwork.now(), age: .seconds(answer[.age].flatMap { Int($0) } ?? 0), lifetime: lifetime)
        if shelf.withLock({ $0.put(entry, at: place) }) { isInUse.store(true, ordering: .relaxed) }
    }

    /// The service said that the entry is still true.
    func renew(
        _ entry: Entry, by answer: ClientResponse, to request: Request, of caller: Caller, at place: Place
    ) -> Entry {
        hits.add()
        var renewed = entry
        renewed.storedAt = clockwork.now()
        renewed.age = .zero
        let lifetime = Self.lifetime(of: answer, to: request, of: caller)
        if let control = answer[.cacheControl] { renewed.headers[.cacheControl] = control }
        renewed.lifetime = lifetime ?? (answer[.cacheControl] == nil ? entry.lifetime : .zero)
        shelf.withLock { _ = $0.put(renewed, at: place) }
        return renewed
    }

    /// Something was changed there (§4.4).
    func forget(_ place: Place) {
        if isInUse.load(ordering: .relaxed) { shelf.withLock { $0.remove(place) } }
    }

    /// An entry as the answer to a request that may already have it.
    func response(_ entry: Entry, to request: Request) -> Response {
        var headers = entry.headers
        let age = entry.currentAge(at: clockwork.now())
        headers[.age] = "\(age.components.seconds)"
        headers.add("Cache-Status", "tradewind; hit")
        if let tag = entry.tag, let asked = request[.ifNoneMatch].flatMap({ EntityTagCondition($0) }),
            asked.matchesWeakly(tag)
        {
            headers.remove(.contentType)
            return Response(.notModified, headers: headers)
        }
        return Response(.ok, headers: headers, body: .bytes(entry.body))
    }

    /// How long an answer is fresh; nil when it is not to be kept. One to somebody who said who they are must say that
    /// it is for others, too (§3.5).
    private static func lifetime(of answer: ClientResponse, to request: Request, of caller: Caller) -> Duration? {
        let control = CacheControl(answer.headers.all(.cacheControl))
        if control.noStore || control.noCache || control.isPrivate { return nil }
        if request.head.headers.contains(.range) || answer.headers.contains(.setCookie) { return nil }
        if CacheControl(request.head.all(.cacheControl)).noStore { return nil }
        if caller != .anonymous, !control.isPublic, control.sharedMaxAge == nil { return nil }
        guard let seconds = control.sharedMaxAge ?? control.maxAge, seconds > 0 else { return nil }
        return .seconds(seconds)
    }

    private static let comparable: [String: HeaderName] = [
        "accept": .accept, "accept-encoding": .acceptEncoding, "accept-language": .acceptLanguage, "origin": .origin,
    ]
}

extension ResponseCache {
    /// What is asked for: the service and the target as it gets it.
    struct Place: Hashable, Sendable {
        let backend: Backend
        let target: String
    }

    /// Entries within their room. When it is full the eighth that was longest not asked for goes.
    private struct Shelf {
        private struct Slot {
            var entries: [Entry]
            var lastUse: Int
        }

        private let room: Int
        private var slots: [Place: Slot] = [:]
        private var bytes = 0, uses = 0

        init(room: Int) { self.room = room }

        mutating func find(_ place: Place, for request: Request) -> Entry? {
            guard let slot = slots[place] else { return nil }
            uses += 1
            slots[place]?.lastUse = uses
            return slot.entries.first { entry in
                entry.variant.allSatisfy { (request[ResponseCache.comparable[$0.key] ?? .accept] ?? "") == $0.value }
            }
        }

        mutating func put(_ entry: Entry, at place: Place) -> Bool {
            // One that would push out much of the rest is not worth it.
            guard entry.bytes <= room / 16 else { return false }
            uses += 1
            var slot = slots[place] ?? Slot(entries: [], lastUse: uses)
            slot.entries.removeAll { other in
                if other.variant == entry.variant { bytes -= other.bytes }
                return other.variant == entry.variant
            }
            if slot.entries.count == 8 { bytes -= slot.entries.removeFirst().bytes }
            slot.entries.append(entry)
            slot.lastUse = uses
            slots[place] = slot
            bytes += entry.bytes
            makeRoom()
            return true
        }

        mutating func remove(_ place: Place) {
            guard let slot = slots.removeValue(forKey: place) else { return }
            bytes -= slot.entries.reduce(0) { $0 + $1.bytes }
        }

        private mutating func makeRoom() {
            while bytes > room {
                let oldest = slots.sorted { $0.value.lastUse < $1.value.lastUse }.prefix(max(1, slots.count / 8))
                for slot in oldest { remove(slot.key) }
            }
        }
    }
}
