import Foundation
import Testing
import TradewindJSON

@Suite struct `Reading a text` {
    @Test(arguments: accepted) func `accepts what RFC 8259 obliges it to`(text: Text) throws {
        let value = try JSONValue.parse(text.bytes)
        #expect(try JSONValue.parse(value.serialized()) == value)
        #expect(try JSONValue.parse(value.serialized(pretty: true, sortedKeys: true)) == sorted(value))
    }

    @Test(arguments: rejected) func `refuses what is no JSON and says why`(text: Text, code: JSONFault.Code) {
        #expect(malformation(of: text.bytes)?.code == code)
    }

    @Test(arguments: defined) func `does as documented where it has the choice`(text: Text, value: JSONValue?) throws {
        if let value {
            #expect(try JSONValue.parse(text.bytes) == value)
        } else {
            #expect(malformation(of: text.bytes) != nil)
        }
    }

    /// All but one, because Foundation drops a byte order mark from strings.
    @Test(arguments: accepted + defined.map(\.text).filter { $0.name != "a byte order mark in a string" })
    func `sees what Foundation sees where both accept`(text: Text) throws {
        guard let ours = try? JSONValue.parse(text.bytes),
            let theirs = try? JSONSerialization.jsonObject(with: Data(text.bytes), options: .fragmentsAllowed)
        else { return }
        #expect(agree(ours, theirs), "\(ours) and \(theirs)")
    }

    @Test(arguments: accepted) func `refuses every text that is cut short or goes on`(text: Text) throws {
        #expect(malformation(of: text.bytes + Array(" x".utf8)) != nil)
        let value = try JSONValue.parse(text.bytes)
        guard value.array != nil || value.object != nil || value.string != nil else { return }
        let closed = text.bytes.lastIndex { !" \t\r\n".utf8.contains($0) } ?? 0
        for end in 0..<closed { #expect(malformation(of: Array(text.bytes[..<end])) != nil) }
    }

    @Test func `takes arrays, slices, strings and spans alike`() throws {
        let bytes = Array("x[1,2]".utf8)
        #expect(try JSON.decode([Int].self, from: bytes[1...]) == [1, 2])
        #expect(try JSON.decode([Int].self, from: Array(bytes[1...])) == [1, 2])
        #expect(try JSON.decode([Int].self, from: "[1,2]") == [1, 2])
        let slice = bytes[1...]
        let spanned = try JSON.decode([Int].self, from: slice.span)
        #expect(spanned == [1, 2])
    }

    @Test func `holds the limits it is given`() throws {
        let limits = JSONLimits(depth: 2, size: 6)
        #expect(try JSONValue.parse("[[12]]", limits: limits) == [[12]])
        #expect(malformation(of: Array("[[123]]".utf8), limits: limits)?.code == .size)
        #expect(malformation(of: Array("[[[]]]".utf8), limits: limits)?.code == .depth)
        #expect(try JSONValue.parse("1", limits: JSONLimits(depth: 0)) == 1)
        #expect(malformation(of: Array("[]".utf8), limits: JSONLimits(depth: 0))?.code == .depth)
    }

    @Test func `finds a name that comes twice among thousands, and none where there is none`() throws {
        let members = (0..<5_000).map { #""name\#($0)":\#($0)"# }
        let object = "{" + members.joined(separator: ",") + "}"
        #expect(try JSONValue.parse(object).object?.members.count == 5_000)
        let twice = "{" + (members + [#""n\u0061me77":0"#]).joined(separator: ",") + "}"
        #expect(malformation(of: Array(twice.utf8))?.code == .duplicate)
    }

    @Test(arguments: [17, 18, 40]) func `finds a name that comes twice wherever it stands`(count: Int) {
        for (first, second) in [(0, 1), (0, count - 1), (count - 2, count - 1), (3, count / 2)] {
            let members = (0..<count).map { #""n\#($0 == second ? first : $0)":0"# }
            #expect(malformation(of: Array("{\(members.joined(separator: ","))}".utf8))?.code == .duplicate)
        }
    }

    private func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(sorted))
        case .object(let object):
            var result = JSONObject()
            for member in object.members.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
                result[member.name] = sorted(member.value)
            }
            return .object(result)
        default: return value
        }
    }
}

/// Why the text is refused; nil when it is not.
func malformation(of bytes: [UInt8], limits: JSONLimits = .standard) -> JSONFault? {
    do throws(JSONError) {
        _ = try JSONValue.parse(bytes, limits: limits)
        return nil
    } catch {
        guard case .malformed(let fault) = error else { return nil }
        return fault
    }
}

/// Whether Foundation has read the same.
func agree(_ ours: JSONValue, _ theirs: Any) -> Bool {
    switch ours {
    case .null: return theirs is NSNull
    case .bool(let value): return (theirs as? NSNumber)?.boolValue == value
    case .string(let value): return theirs as? String == value
    case .number(let value):
        guard let theirs = theirs as? NSNumber else { return false }
        // Foundation keeps some numbers as decimals of 38 digits, the double of which is off by the last bit.
        guard let value = value.double else { return false }
        return abs(value - theirs.doubleValue) <= abs(value) * 1e-15
    case .array(let elements):
        guard let theirs = theirs as? [Any], theirs.count == elements.count else { return false }
        return zip(elements, theirs).allSatisfy(agree)
    case .object(let object):
        guard let theirs = theirs as? [String: Any] else { return false }
        // Foundation's dictionary takes names for one that differ in normalisation only.
        return object.members.count >= theirs.count
            && theirs.allSatisfy { name, value in object.members.contains { $0.name == name && agree($0.value, value) }
            }
    }
}
