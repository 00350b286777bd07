internal import Glibc
internal import TradewindPersistence

/// The parameters of a statement as libpq wants them, in storage that is used again and again.
///
/// Safety: the pointers are made and used inside `withPointers`, while nothing can move the bytes.
@safe struct Parameters {
    typealias Pointers = (
        count: CInt, values: UnsafePointer<UnsafePointer<CChar>?>?, lengths: UnsafePointer<CInt>?,
        formats: UnsafePointer<CInt>?
    )

    private var bytes: [UInt8] = []
    /// Where each begins; -1 for null.
    private var starts: [Int] = []
    private var lengths: [CInt] = []
    private var formats: [CInt] = []
    private var values: [UnsafePointer<CChar>?] = unsafe []

    mutating func fill(_ values: [SQLValue]) throws(DatabaseError) {
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        for value in values {
            starts.append(value.isNull ? -1 : bytes.count)
            try PostgresEncoding.append(value, to: &bytes)
            lengths.append(CInt(clamping: bytes.count - max(starts[starts.count - 1], 0)))
        }
        while formats.count < values.count { formats.append(1) }
        // A pointer to no bytes at all would mean null.
        bytes.append(0)
    }

    mutating func withPointers<Result>(_ body: (Pointers) -> Result) -> Result {
        unsafe values.removeAll(keepingCapacity: true)
        return unsafe bytes.withUnsafeBytes { raw in
            for start in starts {
                unsafe values.append(
                    start < 0 ? nil : raw.baseAddress.map { unsafe ($0 + start).assumingMemoryBound(to: CChar.self) })
            }
            return unsafe values.withUnsafeBufferPointer { values in
                unsafe lengths.withUnsafeBufferPointer { lengths in
                    unsafe formats.withUnsafeBufferPointer { formats in
                        unsafe body(
                            (CInt(starts.count), values.baseAddress, lengths.baseAddress, formats.baseAddress))
                    }
                }
            }
        }
    }
}
