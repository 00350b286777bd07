package struct PathParameters: Sendable { package static let none = PathParameters() }
package enum HTTPDate { package static func format(secondsSince1970: Int64) -> [UInt8] { Array("Sat, 21 Nov 2026 03:15:00 GMT".utf8) } }
package struct ChunkedDecoder: Sendable {
    package enum Step { case data(Range<Int>), end(Int), needMore(Int), reject(Rejection) }
    package init() {}
    package mutating func consume(_ b: Span<UInt8>) -> Step { .needMore(b.count) }
}
