/// A value of a document that may be gone. Places are below 2^30, as a token keeps them in 30 bits.
struct Place {
    private let reference: Document
    private let generation: UInt32
    private let index: UInt32

    @inline(__always)
    init(_ document: Document, _ node: Int) {
        reference = document
        generation = document.generation
        index = UInt32(truncatingIfNeeded: node)
    }

    @inline(__always) var node: Int { Int(index) }

    @inline(__always) var document: Document {
        get throws {
            guard reference.generation == generation else { throw Place.stale }
            return reference
        }
    }

    private static var stale: DecodingError {
        .dataCorrupted(.init(codingPath: [], debugDescription: "is read after the reading of the text has ended"))
    }
}
