/// Where one field line stands in a head's bytes. Sixteen bytes, so that a browser's head is indexed in four cache
/// lines.
struct HeadField {
    var nameStart: UInt32
    var valueStart: UInt32
    var valueLength: UInt32
    var nameLength: UInt16
    var known: KnownHeader?

    var name: Range<Int> { Int(nameStart)..<Int(nameStart) + Int(nameLength) }
    var value: Range<Int> { Int(valueStart)..<Int(valueStart) + Int(valueLength) }
}

/// The bytes of a head and the index of its fields, in memory of their own. Shared by reference between the head values
/// that are made of it, never written while any of them exists; when the last one is gone the parser fills it anew, so
/// that a connection in its stride allocates nothing.
///
/// Safety: `@unchecked Sendable` because the parser writes only when `isKnownUniquelyReferenced` says that nobody else
/// can read, as copy-on-write collections do.
@safe final class HeadStorage: @unchecked Sendable {
    // Safety: both blocks are owned by this object alone, sized by the capacities, freed in deinit; the accessors below
    // are the only code that touches them, and keep every range within the counts.
    private let bytes: UnsafeMutablePointer<UInt8>
    private let fields: UnsafeMutablePointer<HeadField>
    private let byteCapacity: Int, fieldCapacity: Int
    private(set) var byteCount = 0, fieldCount = 0

    var request = RequestSummary()
    var response = ResponseSummary()

    init(byteCapacity: Int, fieldCapacity: Int) {
        unsafe bytes = .allocate(capacity: byteCapacity)
        unsafe fields = .allocate(capacity: fieldCapacity)
        (self.byteCapacity, self.fieldCapacity) = (byteCapacity, fieldCapacity)
    }

    deinit {
        unsafe bytes.deallocate()
        unsafe fields.deallocate()
    }

    /// The storage in `slot` when nobody else holds it and it is large enough, otherwise a new one, which is left
    /// there.
    static func reuse(_ slot: inout HeadStorage?, bytes: Int, fields: Int) -> HeadStorage {
        if isKnownUniquelyReferenced(&slot), let storage = slot, storage.byteCapacity >= bytes,
            storage.fieldCapacity >= fields
        {
            return storage
        }
        let storage = HeadStorage(
            byteCapacity: (bytes + 255) & ~255, fieldCapacity: (fields + 15) & ~15)
        slot = storage
        return storage
    }

    /// Takes a copy of a whole head. Both must fit in what was asked of `reuse`.
    func fill(bytes source: Span<UInt8>, in range: Range<Int>, fields newFields: Span<HeadField>) {
        precondition(range.count <= byteCapacity && newFields.count <= fieldCapacity)
        unsafe source.extracting(range).withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            unsafe bytes.update(from: base, count: source.count)
        }
        unsafe newFields.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            unsafe fields.update(from: base, count: source.count)
        }
        (byteCount, fieldCount) = (range.count, newFields.count)
    }

    /// Adds a byte behind the head, for what is derived from it; the room must have been asked of `reuse`.
    func append(_ byte: UInt8) {
        precondition(byteCount < byteCapacity)
        unsafe bytes[byteCount] = byte
        byteCount += 1
    }

    func truncate(to count: Int) { byteCount = min(max(count, 0), byteCount) }

    @inline(__always)
    func field(_ index: Int) -> HeadField {
        precondition(index >= 0 && index < fieldCount)
        return unsafe fields[index]
    }

    @inline(__always)
    func byte(_ index: Int) -> UInt8 {
        precondition(index >= 0 && index < byteCount)
        return unsafe bytes[index]
    }

    @inline(__always)
    func withBytes<R, E: Error>(_ range: Range<Int>, _ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount)
        return try unsafe body(Span(_unsafeStart: bytes + range.lowerBound, count: range.count))
    }

    func string(_ range: Range<Int>) -> String {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount)
        return unsafe String(
            decoding: UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count), as: UTF8.self)
    }
}
