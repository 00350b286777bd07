/// Writes heads straight into a connection's buffer: nothing is allocated, nothing is joined first. The buffer lends
/// its free space as an `OutputRawSpan`; writing beyond it stops the program, so ask for `byteCount`s first.
extension OutputRawSpan {
    package mutating func append(literal text: StaticString) {
        // Safety: a StaticString's bytes live as long as the program.
        unsafe append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package mutating func append(_ text: String) {
        // Not utf8Span: its getter is a call into the library that took three times as long as the copy.
        // Safety: the bytes are read while they are lent.
        unsafe text.utf8.withContiguousStorageIfAvailable { unsafe append(UnsafeRawBufferPointer($0)) }
    }

    package mutating func append(bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe append($0) }
    }

    package mutating func append(decimal number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var (rest, digits, count) = (number.magnitude, InlineArray<20, UInt8>(repeating: 0), 0)
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            digits[count] = UInt8(truncatingIfNeeded: digit) + 0x30
            (rest, count) = (quotient, count + 1)
        } while rest > 0
        while count > 0 {
            count -= 1
            append(digits[count])
        }
    }

    @inline(__always)
    private mutating func append(_ source: UnsafeRawBufferPointer) {
        // Safety: the room is checked before the copy, and counted by it.
        unsafe withUnsafeMutableBytes { buffer, count in
            precondition(source.count <= buffer.count - count)
            guard let from = source.baseAddress, let to = buffer.baseAddress else { return }
            unsafe (to + count).copyMemory(from: from, byteCount: source.count)
            count += source.count
        }
    }

    /// At most `HTTPStatus.lineByteCount` bytes.
    package mutating func appendStatusLine(_ status: HTTPStatus) {
        if status == .ok { return append(literal: "HTTP/1.1 200 OK\r\n") }
        append(literal: "HTTP/1.1 ")
        append(decimal: Int(status.code))
        append(.space)
        append(literal: status.reasonPhrase)
        append(literal: "\r\n")
    }

    /// At most `method.lineByteCount(target:)` bytes. Bytes that would end the line or the target are escaped.
    package mutating func appendRequestLine(_ method: HTTPMethod, target: String) {
        for byte in method.name.utf8 where byte.belongs(to: .token) { append(byte) }
        append(.space)
        for byte in target.utf8 {
            if byte > .space && byte < 0x7F {
                append(byte)
            } else {
                append(UInt8(ascii: "%"))
                append(UInt8.hexDigit(byte >> 4))
                append(UInt8.hexDigit(byte & 15))
            }
        }
        append(literal: " HTTP/1.1\r\n")
    }

    /// One field, its value cleaned as `HTTPHeaders` does.
    package mutating func appendField(_ name: HeaderName, _ value: String) {
        append(name.spelling)
        append(literal: ": ")
        for byte in value.utf8 { append(byte.withoutControl) }
        append(literal: "\r\n")
    }

    /// `headers.byteCount` bytes.
    package mutating func append(_ headers: HTTPHeaders) {
        append(bytes: headers.lines.span)
    }

    /// Received fields as they came, less those of the connection and those that `drops` names: for a gateway, without
    /// making text of them. At most `headers.byteCount` bytes.
    package mutating func append(_ headers: ReceivedHeaders, dropping drops: HeaderNames) {
        let named = headers.namedByConnection
        for index in 0..<headers.count {
            let field = headers.storage.field(index)
            if drops.contains(field, of: headers.storage) || named?.contains(field, of: headers.storage) == true {
                continue
            }
            headers.storage.withBytes(field.name) { append(bytes: $0) }
            append(literal: ": ")
            headers.storage.withBytes(field.value) { append(bytes: $0) }
            append(literal: "\r\n")
        }
    }
}

extension HTTPStatus {
    /// The longest status line has 48 bytes.
    package static let lineByteCount = 64
}

extension HTTPMethod {
    /// At least as many bytes as the request line takes.
    package func lineByteCount(target: String) -> Int { name.utf8.count + 3 * target.utf8.count + 16 }
}

extension ReceivedHeaders {
    package var byteCount: Int {
        var count = 0
        for index in 0..<self.count {
            let field = storage.field(index)
            count += field.name.count + field.value.count + 4
        }
        return count
    }
}
