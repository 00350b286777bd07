/// Commands in the form in which they travel (RESP: an array of strings), ready to be copied to a connection.
///
/// Written here and not by hiredis, whose formatter wants an array of pointers and gives an allocation a command.
package struct RedisRequest: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// How many answers there will be.
    package private(set) var count = 0

    package init() {}

    package init<each Word: RedisWord>(_ words: repeat each Word) { add(repeat each words) }

    package mutating func add<each Word: RedisWord>(_ words: repeat each Word) {
        var number = 0
        for _ in repeat each words { number += 1 }
        begin(words: number)
        for word in repeat each words { word.write(to: &self) }
    }

    /// For commands of any length: exactly so many words must be added next.
    package mutating func begin(words: Int) {
        bytes.append(UInt8(ascii: "*"))
        write(number: words)
        count += 1
    }

    package mutating func add(word: some RedisWord) { word.write(to: &self) }

    mutating func write(number: Int) {
        if number < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(number))
        } else {
            bytes += String(number).utf8
        }
        bytes.append(13)
        bytes.append(10)
    }

    mutating func write(word: some Collection<UInt8>, count: Int) {
        bytes.append(UInt8(ascii: "$"))
        write(number: count)
        bytes += word
        bytes.append(13)
        bytes.append(10)
    }

    package mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }
}

/// What can be a word of a command.
package protocol RedisWord: Sendable {
    func write(to request: inout RedisRequest)
}

extension String: RedisWord {
    package func write(to request: inout RedisRequest) { request.write(word: utf8, count: utf8.count) }
}

extension [UInt8]: RedisWord {
    package func write(to request: inout RedisRequest) { request.write(word: self, count: count) }
}

extension Int: RedisWord {
    package func write(to request: inout RedisRequest) { String(self).write(to: &request) }
}

/// In milliseconds, as `PX` and its like want it.
extension Duration: RedisWord {
    package var milliseconds: Int {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? (seconds < 0 ? .min : .max) : Int(scaled) &+ Int(attoseconds / 1_000_000_000_000_000)
    }

    package func write(to request: inout RedisRequest) { milliseconds.write(to: &request) }
}
