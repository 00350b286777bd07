import Foundation
import Testing
import TradewindJSON

@Suite struct `Writing` {
    @Test func `appends, and leaves the buffer alone when it fails`() throws {
        var bytes = Array("data: ".utf8)
        try JSON.encode([1], into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "data: [1]")
        #expect(throws: JSONError.self) { try JSON.encode([1, Double.nan], into: &bytes) }
        #expect(String(decoding: bytes, as: UTF8.self) == "data: [1]")
    }

    @Test func `refuses nesting that could not be read again`() throws {
        final class List: Codable {
            var next: List?
            init(_ next: List?) { self.next = next }
        }
        let fine = (1..<128).reduce(List(nil)) { list, _ in List(list) }
        _ = try JSON.decode(List.self, from: JSON.encode(fine))
        #expect { try JSON.encode(List(fine)) } throws: { error in
            let fault = (error as? JSONError)?.fault
            return fault?.code == .depth && fault?.path.hasSuffix("next.next") == true
        }
        #expect(throws: JSONError.self) {
            try JSON.decode(List.self, from: JSON.encode(List(fine), limits: JSONLimits(depth: 1_024)))
        }
        let ring = List(nil)
        ring.next = ring
        defer { ring.next = nil }
        #expect { try JSON.encode(ring) } throws: { ($0 as? JSONError)?.fault.code == .depth }
    }

    @Test func `passes on what a type throws, with its place`() {
        struct Rule: Error {}
        struct Refusing: Encodable { func encode(to encoder: any Encoder) throws { throw Rule() } }
        struct Outer: Encodable { let items: [Refusing] }
        #expect { try JSON.encode(Outer(items: [Refusing()])) } throws: { error in
            guard case JSONError.refused(let fault, by: is Rule) = error else { return false }
            return fault.path == "items[0]" && fault.description == "items[0] cannot be written"
        }
    }

    @Test(arguments: 0..<40) func `escapes what must be, wherever it stands`(length: Int) throws {
        for special in ["\"", "\\", "\u{0}", "\u{1F}", "\n", "é", "\u{7F}", "€", "𝄞"] {
            for at in 0...length {
                let text = String(repeating: "x", count: at) + special + String(repeating: "y", count: length - at)
                let bytes = try JSON.encode([text])
                #expect(try JSON.decode([String].self, from: bytes) == [text])
                let theirs = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String]
                #expect(theirs == [text])
            }
        }
    }

    @Test func `escapes with the short forms where there are any`() throws {
        #expect(try JSON.encode("\"\\/\u{8}\u{C}\n\r\t\u{1}\u{1F}") == Array(#""\"\\/\b\f\n\r\t\u0001\u001f""#.utf8))
    }

    @Test func `of a large text does not cling to its buffer, nor does reading`() throws {
        let large = Array(repeating: "0123456789", count: 100_000)
        for _ in 0..<3 { #expect(try JSON.decode([String].self, from: JSON.encode(large)) == large) }
        #expect(try JSON.encode([1]) == Array("[1]".utf8))
    }

    @Test func `goes on in many threads at once`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<16 {
                group.addTask { () async throws in
                    for round in 0..<200 {
                        let value = ["task": [task, round]]
                        #expect(try JSON.decode([String: [Int]].self, from: JSON.encode(value)) == value)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
