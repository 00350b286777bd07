/// One word of the index that the scanner leaves: what a value is, where its text starts, and how far it goes.
///
/// A scalar is one token. An array or object is its token, a word that counts its elements or members, and then the
/// tokens of those; a member is the token of its name followed by its value. While an array or object is still
/// open, its `extent` holds the place of the one around it, so the scanner needs no stack.
struct Token {
    enum Kind: UInt8 {
        case null, bool
        /// Digits and perhaps a sign; and any other number.
        case integer, decimal
        /// Strings without escapes in ASCII and beyond it, and with escapes.
        case ascii, unicode, escaped
        case array, object
    }

    static let largestOffset = 1 << 30 - 1

    private(set) var word: UInt64

    init(word: UInt64) { self.word = word }

    @inline(__always)
    init(_ kind: Kind, offset: Int, extent: Int) {
        let low = UInt64(truncatingIfNeeded: extent) | UInt64(truncatingIfNeeded: offset) &<< 30
        word = low | UInt64(kind.rawValue) &<< 60
    }

    @inline(__always)
    func extended(to extent: Int) -> Token {
        Token(word: word & ~UInt64(Self.largestOffset) | UInt64(truncatingIfNeeded: extent))
    }

    @inline(__always) func isA(_ kind: Kind) -> Bool { word &>> 60 == UInt64(kind.rawValue) }
    @inline(__always) var isNumber: Bool { isA(.integer) || isA(.decimal) }
    @inline(__always) var isString: Bool { isA(.ascii) || isA(.unicode) || isA(.escaped) }

    var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: word &>> 60)) ?? .null }
    @inline(__always) var offset: Int { Int(truncatingIfNeeded: word &>> 30) & Token.largestOffset }
    /// The bytes of a scalar (of a string between its quotes), the place behind an array or object in the index.
    @inline(__always) var extent: Int { Int(truncatingIfNeeded: word) & Token.largestOffset }
    @inline(__always) var isContainer: Bool { word &>> 60 >= UInt64(Kind.array.rawValue) }
}
